// Which CUDA devices the driver offers, asked through libcuda alone, so that it works where no CUDA toolkit is.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hka {

struct CudaDevice {
  std::string name;
  int computeMajor = 0;
  int computeMinor = 0;
  int smCount = 0;
  uint64_t memoryBytes = 0;
};

struct CudaDevices {
  std::vector<CudaDevice> devices;
  int driverVersion = 0;  // 13000 is 13.0
  std::string reason;     // why there are none; empty otherwise
};

CudaDevices queryCudaDevices();

}  // namespace hka
