// Launches the CUDA kernels of this folder. Addresses are device memory; the caller has checked sizes and limits. The answer is
// cudaGetLastError() after the launch: what goes wrong while the kernel runs comes with the next synchronising call.
#pragma once

#include <cuda_runtime_api.h>

#include "kernels/conv3x3/conv3x3.h"
#include "kernels/gemm/gemm_cuda.h"
#include "kernels/relu/relu.h"
#include "kernels/softmax/softmax.h"

namespace hka::kernels {

cudaError_t launchConv(const ConvArguments& conv, cudaStream_t stream);
cudaError_t launchSoftmax(const SoftmaxArguments& softmax, cudaStream_t stream);
cudaError_t launchRelu(const ReluArguments& relu, cudaStream_t stream);

inline dim3 cudaDim(const Dim3& dim) { return dim3(dim.x, dim.y, dim.z); }

}  // namespace hka::kernels
