// Launches the tensor kernels. Addresses are device memory and the caller has checked the sizes; the answer is cudaGetLastError() after
// the launch.
#pragma once

#include "kernels/common/cuda_dim.h"
#include "kernels/tensor/max_pool.h"
#include "kernels/tensor/tensor.h"

namespace hka::kernels {

cudaError_t launchTensor(const TensorArguments& tensor, cudaStream_t stream);
cudaError_t launchMaxPool(const MaxPoolArguments& pool, cudaStream_t stream);

}  // namespace hka::kernels
