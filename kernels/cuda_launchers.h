// Launches the CUDA kernels of this folder. Addresses are device memory; the caller has checked sizes and limits. The answer is
// cudaGetLastError() after the launch: what goes wrong while the kernel runs comes with the next synchronising call.
#pragma once

#include "kernels/common/cuda_dim.h"
#include "kernels/gemm/gemm.h"

namespace hka::kernels {

cudaError_t launchGemm(const GemmArguments& gemm, cudaStream_t stream);

}  // namespace hka::kernels
