#include "addon/cuda/cuda_survey.h"

#include <dlfcn.h>

namespace hka::addon {
namespace {

// cuda.h, the same since CUDA 3.2: CUresult, CUdevice and CUdevice_attribute are ints.
constexpr int kCudaSuccess = 0;
constexpr int kAttributeClockRate = 13;
constexpr int kAttributeMultiprocessorCount = 16;
constexpr int kAttributeComputeCapabilityMajor = 75;
constexpr int kAttributeComputeCapabilityMinor = 76;
constexpr size_t kNameBytes = 256;

struct Driver {
  int (*init)(unsigned) = nullptr;
  int (*driverGetVersion)(int*) = nullptr;
  int (*deviceGetCount)(int*) = nullptr;
  int (*deviceGet)(int*, int) = nullptr;
  int (*deviceGetName)(char*, int, int) = nullptr;
  int (*deviceGetAttribute)(int*, int, int) = nullptr;
  int (*deviceTotalMem)(size_t*, int) = nullptr;

  // False when a function is missing.
  bool load(void* library) {
    const auto find = [&](auto& function, const char* name) {
      function = reinterpret_cast<std::decay_t<decltype(function)>>(dlsym(library, name));
      return function != nullptr;
    };
    return find(init, "cuInit") && find(driverGetVersion, "cuDriverGetVersion") && find(deviceGetCount, "cuDeviceGetCount") &&
           find(deviceGet, "cuDeviceGet") && find(deviceGetName, "cuDeviceGetName") &&
           find(deviceGetAttribute, "cuDeviceGetAttribute") && find(deviceTotalMem, "cuDeviceTotalMem_v2");
  }

  uint32_t attribute(int attribute, int device) const {
    int value = 0;
    return deviceGetAttribute(&value, attribute, device) == kCudaSuccess ? static_cast<uint32_t>(value) : 0;
  }
};

CudaDeviceFacts describe(const Driver& driver, int index, int device) {
  CudaDeviceFacts facts;
  facts.index = static_cast<uint32_t>(index);
  char name[kNameBytes] = {};
  if (driver.deviceGetName(name, kNameBytes - 1, device) == kCudaSuccess) facts.name = name;
  facts.computeMajor = driver.attribute(kAttributeComputeCapabilityMajor, device);
  facts.computeMinor = driver.attribute(kAttributeComputeCapabilityMinor, device);
  facts.smCount = driver.attribute(kAttributeMultiprocessorCount, device);
  facts.coreClockKhz = driver.attribute(kAttributeClockRate, device);
  size_t memoryBytes = 0;
  if (driver.deviceTotalMem(&memoryBytes, device) == kCudaSuccess) facts.memoryBytes = static_cast<double>(memoryBytes);
  return facts;
}

}  // namespace

CudaSurvey surveyCudaDevices() {
  CudaSurvey survey;
  // Never closed: the driver keeps threads that must not lose their code.
  void* library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    survey.reason = "There is no CUDA driver here: libcuda.so.1 was not found.";
    return survey;
  }
  Driver driver;
  if (!driver.load(library)) {
    survey.reason = "The CUDA driver here is too old: it lacks functions of CUDA 3.2.";
    return survey;
  }
  int version = 0;
  if (driver.driverGetVersion(&version) == kCudaSuccess) survey.driverVersion = static_cast<uint32_t>(version);
  int count = 0;
  int result = driver.init(0);
  if (result == kCudaSuccess) result = driver.deviceGetCount(&count);
  if (result != kCudaSuccess) {
    survey.reason = "The CUDA driver answers with error " + std::to_string(result) + ".";
    return survey;
  }
  for (int index = 0; index < count; ++index) {
    int device = 0;
    if (driver.deviceGet(&device, index) == kCudaSuccess) survey.devices.push_back(describe(driver, index, device));
  }
  if (survey.devices.empty()) survey.reason = "The CUDA driver finds no device.";
  return survey;
}

}  // namespace hka::addon
