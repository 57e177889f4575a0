#include "kernels/conv/conv_activation.cuh"

namespace hka::kernels {

// Each thread keeps one pixel of one output channel. For each input channel the block loads the 18 × 18 square that its windows
// reach, so that a pixel is read from global memory about once and not nine times.
__global__ void conv3x3(ConvArguments conv) {
  __shared__ float halo[kConvHaloTile][kConvHaloTile];
  const uint32_t image = blockIdx.z / conv.channelsOut;
  const uint32_t channelOut = blockIdx.z % conv.channelsOut;
  const int firstY = static_cast<int>(blockIdx.y * kConvTile);
  const int firstX = static_cast<int>(blockIdx.x * kConvTile);
  const size_t pixelCount = size_t{conv.height} * conv.width;
  float sum = conv.bias != nullptr ? conv.bias[channelOut] : 0.0F;
  for (uint32_t channel = 0; channel < conv.channelsIn; ++channel) {
    const float* plane = conv.input + (size_t{image} * conv.channelsIn + channel) * pixelCount;
    // 256 threads load 324 pixels: some threads load two.
    for (uint32_t at = threadIdx.y * kConvTile + threadIdx.x; at < kConvHaloTile * kConvHaloTile; at += kConvTile * kConvTile) {
      const int y = firstY + static_cast<int>(at / kConvHaloTile) - 1;
      const int x = firstX + static_cast<int>(at % kConvHaloTile) - 1;
      const bool isInside = y >= 0 && x >= 0 && y < static_cast<int>(conv.height) && x < static_cast<int>(conv.width);
      halo[at / kConvHaloTile][at % kConvHaloTile] = isInside ? plane[static_cast<size_t>(y) * conv.width + x] : 0.0F;
    }
    __syncthreads();
    const float* window = conv.weights + (size_t{channelOut} * conv.channelsIn + channel) * 9;
    for (uint32_t tap = 0; tap < 9; ++tap) sum += window[tap] * halo[threadIdx.y + tap / 3][threadIdx.x + tap % 3];
    __syncthreads();  // nobody may load the next channel while another thread still reads this one
  }
  const uint32_t y = firstY + threadIdx.y;
  const uint32_t x = firstX + threadIdx.x;
  if (y >= conv.height || x >= conv.width) return;
  conv.output[blockIdx.z * pixelCount + size_t{y} * conv.width + x] = convActivated(conv.activation, sum);
}

cudaError_t launchConvDirect(const ConvArguments& conv, cudaStream_t stream) {
  const Launch launch = convLaunch(conv);
  conv3x3<<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(conv);
  return cudaGetLastError();
}

}  // namespace hka::kernels
