// Which CUDA devices this machine has, asked of the driver itself: libcuda is opened by hand, so that the addon loads everywhere and
// needs no CUDA toolkit to be built.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hka::addon {

struct CudaDeviceFacts {
  uint32_t index = 0;
  std::string name;
  uint32_t computeMajor = 0;
  uint32_t computeMinor = 0;
  uint32_t smCount = 0;
  uint32_t coreClockKhz = 0;
  double memoryBytes = 0;
};

struct CudaSurvey {
  std::vector<CudaDeviceFacts> devices;
  uint32_t driverVersion = 0;  // 1000 × major + 10 × minor; 0 without a driver
  std::string reason;          // why there are no devices; empty when there are some
};

CudaSurvey surveyCudaDevices();

}  // namespace hka::addon
