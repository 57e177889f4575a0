// Launches the half convolution. Addresses are device memory and the caller has checked sizes, alignment, limits and the variant.
#pragma once

#include "kernels/common/cuda_dim.h"
#include "kernels/conv_half/conv_half.h"

namespace hka::kernels {

// cudaGetLastError() after the launch. More than one split answers cudaErrorNotSupported where there are no clusters.
cudaError_t launchConvHalf(const ConvHalfArguments& conv, cudaStream_t stream);

}  // namespace hka::kernels
