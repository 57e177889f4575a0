// Launches the FP32 GEMM on a CUDA device.
#pragma once

#include <cuda_runtime_api.h>

#include "kernels/gemm/gemm.h"

namespace hka::kernels {

// All kernels of gemm.variant, one behind the other. Addresses are device memory, sizes at least 1, and the caller has checked them
// and the device's limits. The answer is cudaGetLastError() after the last launch, or the error that kept one from being made.
cudaError_t launchGemm(const GemmArguments& gemm, cudaStream_t stream);

}  // namespace hka::kernels
