// Times work on a stream with two events, whose resolution is about half a microsecond (CUDA runtime API, cudaEventElapsedTime).
#pragma once

#include <cuda_runtime_api.h>

#include "addon/compute_device.h"

namespace hka::addon {

// Throws DeviceError with CUDA's own words unless `result` is success.
void checkCuda(cudaError_t result, const char* callName);

class CudaTimer {
 public:
  CudaTimer() {
    checkCuda(cudaEventCreate(&start_), "measure");
    checkCuda(cudaEventCreate(&stop_), "measure");
  }
  ~CudaTimer() {
    static_cast<void>(cudaEventDestroy(start_));
    static_cast<void>(cudaEventDestroy(stop_));
  }
  CudaTimer(const CudaTimer&) = delete;
  CudaTimer& operator=(const CudaTimer&) = delete;

  void start(cudaStream_t stream) const { checkCuda(cudaEventRecord(start_, stream), "measure"); }

  // Waits for what was launched since start(); what it ran into meanwhile is thrown.
  [[nodiscard]] double stopNs(cudaStream_t stream) const {
    checkCuda(cudaEventRecord(stop_, stream), "measure");
    checkCuda(cudaEventSynchronize(stop_), "measure");
    float elapsedMs = 0;
    checkCuda(cudaEventElapsedTime(&elapsedMs, start_, stop_), "measure");
    return static_cast<double>(elapsedMs) * 1e6;
  }

 private:
  cudaEvent_t start_ = nullptr;
  cudaEvent_t stop_ = nullptr;
};

}  // namespace hka::addon
