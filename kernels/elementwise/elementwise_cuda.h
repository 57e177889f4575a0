// Launches the elementwise kernels. Addresses are device memory and the caller has checked the sizes; the answer is
// cudaGetLastError() after the launch.
#pragma once

#include "kernels/common/cuda_dim.h"
#include "kernels/elementwise/elementwise.h"

namespace hka::kernels {

cudaError_t launchElementwiseScalar(const ElementwiseArguments& elementwise, cudaStream_t stream);
cudaError_t launchElementwiseVector(const ElementwiseArguments& elementwise, cudaStream_t stream);

inline cudaError_t launchElementwise(const ElementwiseArguments& elementwise, cudaStream_t stream) {
  return elementwise.variant == ElementwiseVariant::vector ? launchElementwiseVector(elementwise, stream)
                                                           : launchElementwiseScalar(elementwise, stream);
}

}  // namespace hka::kernels
