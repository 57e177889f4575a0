// Launches the half convolution. Addresses are device memory and the caller has checked sizes, alignment, limits and the variant.
#pragma once

#include "kernels/common/cuda_dim.h"
#include "kernels/conv_half/conv_half.h"

namespace hka::kernels {

// What the host works out once, so that no thread divides for it.
struct ConvHalfSizes {
  uint32_t pixelCount;  // of the output
  uint32_t outputHeight;
  uint32_t outputWidth;
  // 2^32 / (channelsIn / 8), rounded up: its product with a chunk of the depth has the tap in its upper 32 bits, exactly while chunks times
  // channelsIn / 8 is below 2^32 (at most 9 · 2^13 · 2^13). Not used with 8 channels.
  uint32_t perChannelChunks;
};

// cudaGetLastError() after the launch.
cudaError_t launchConvHalf(const ConvHalfArguments& conv, cudaStream_t stream);

}  // namespace hka::kernels
