// Launches the ceiling kernels. Addresses are device memory and the caller has checked the sizes; the answer is
// cudaGetLastError() after the launch.
#pragma once

#include "kernels/ceiling/ceiling.h"
#include "kernels/common/cuda_dim.h"

namespace hka::kernels {

cudaError_t launchCopy(const CeilingArguments& ceiling, cudaStream_t stream);
cudaError_t launchFma(const CeilingArguments& ceiling, cudaStream_t stream);

inline cudaError_t launchCeiling(const CeilingArguments& ceiling, cudaStream_t stream) {
  return ceiling.operation == CeilingOperation::copy ? launchCopy(ceiling, stream) : launchFma(ceiling, stream);
}

}  // namespace hka::kernels
