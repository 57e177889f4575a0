// Launches the convolutions. Addresses are device memory and the caller has checked the sizes; the answer is cudaGetLastError() after
// the launch.
#pragma once

#include "kernels/common/cuda_dim.h"
#include "kernels/conv/conv.h"

namespace hka::kernels {

cudaError_t launchConvDirect(const ConvArguments& conv, cudaStream_t stream);
cudaError_t launchConvNchw(const ConvArguments& conv, cudaStream_t stream);
cudaError_t launchConvNhwc(const ConvArguments& conv, cudaStream_t stream);

inline cudaError_t launchConv(const ConvArguments& conv, cudaStream_t stream) {
  if (conv.variant == ConvVariant::direct) return launchConvDirect(conv, stream);
  return conv.layout == ConvLayout::nchw ? launchConvNchw(conv, stream) : launchConvNhwc(conv, stream);
}

}  // namespace hka::kernels
