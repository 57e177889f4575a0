// Clock and temperature of a GPU by the driver's NVML, opened by hand. A Jetson has none; there sysfs tells.
#pragma once

#include <optional>

namespace hka::addon {

struct GpuSensors {
  double coreClockKhz = -1;  // -1: the driver does not say
  double temperatureC = -1;
};

// What the GPU reads now. `index` counts as NVML does, by bus; nothing where there is no NVML or no such GPU.
std::optional<GpuSensors> readGpuSensors(unsigned index);

}  // namespace hka::addon
