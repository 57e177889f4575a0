#include "addon/cuda/gpu_sensors.h"

#include <dlfcn.h>

namespace hka::addon {
namespace {

// nvml.h, the same since NVML 1: every call answers 0 for success.
constexpr int kClockSm = 1;
constexpr int kTemperatureGpu = 0;
constexpr double kKhzPerMhz = 1000;

struct Nvml {
  int (*handleByIndex)(unsigned, void**) = nullptr;
  int (*clock)(void*, int, unsigned*) = nullptr;
  int (*temperature)(void*, int, unsigned*) = nullptr;
};

// Opened once and never closed: NVML keeps threads of its own.
const Nvml* openNvml() {
  static const Nvml* const nvml = []() -> const Nvml* {
    void* library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return nullptr;
    static Nvml found;
    const auto initialize = reinterpret_cast<int (*)()>(dlsym(library, "nvmlInit_v2"));
    found.handleByIndex = reinterpret_cast<int (*)(unsigned, void**)>(dlsym(library, "nvmlDeviceGetHandleByIndex_v2"));
    found.clock = reinterpret_cast<int (*)(void*, int, unsigned*)>(dlsym(library, "nvmlDeviceGetClockInfo"));
    found.temperature = reinterpret_cast<int (*)(void*, int, unsigned*)>(dlsym(library, "nvmlDeviceGetTemperature"));
    const bool isWhole = initialize && found.handleByIndex && found.clock && found.temperature;
    return isWhole && initialize() == 0 ? &found : nullptr;
  }();
  return nvml;
}

}  // namespace

std::optional<GpuSensors> readGpuSensors(unsigned index) {
  const Nvml* nvml = openNvml();
  void* device = nullptr;
  if (nvml == nullptr || nvml->handleByIndex(index, &device) != 0) return std::nullopt;
  GpuSensors sensors;
  unsigned value = 0;
  if (nvml->clock(device, kClockSm, &value) == 0) sensors.coreClockKhz = value * kKhzPerMhz;
  if (nvml->temperature(device, kTemperatureGpu, &value) == 0) sensors.temperatureC = value;
  return sensors;
}

}  // namespace hka::addon
