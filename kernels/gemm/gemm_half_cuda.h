// Launches the half GEMM of kernels/gemm/half_mma.cu and half_wgmma.cu. Addresses are device memory; the caller has checked sizes,
// limits and the variant.
#pragma once

#include <cuda_runtime_api.h>

#include <atomic>

#include "kernels/gemm/gemm_half.h"

namespace hka::kernels {

// cudaGetLastError() after the launch. A wgmma variant answers cudaErrorNotSupported where it cannot run: the device is not of compute
// capability 9.0, sm_90a was not built, the rows are not multiples of 16 bytes, or the driver knows no tensor maps.
cudaError_t launchGemmHalf(const GemmHalfArguments& gemm, cudaStream_t stream);

// Lets a kernel have more than the 48 KiB of dynamic shared memory that every kernel may. Asks CUDA once a kernel and device.
template <auto kKernel>
cudaError_t allowDynamicShared(uint32_t bytes) {
  static std::atomic<uint64_t> askedDevices{0};  // a bit each; devices past 64 are asked every time
  int device = 0;
  cudaError_t error = cudaGetDevice(&device);
  const uint64_t bit = device < 64 ? uint64_t{1} << device : 0;
  if (error != cudaSuccess || (askedDevices.load() & bit) != 0) return error;
  error = cudaFuncSetAttribute(reinterpret_cast<const void*>(kKernel), cudaFuncAttributeMaxDynamicSharedMemorySize,
                               static_cast<int>(bytes));
  if (error == cudaSuccess) askedDevices.fetch_or(bit);
  return error;
}

#ifdef HAVE_WGMMA
cudaError_t launchGemmHalfWgmma(const GemmHalfArguments& gemm, cudaStream_t stream);
#endif

}  // namespace hka::kernels
