#include "kernels/preprocess/preprocess_cuda.h"

namespace hka::kernels {

// One thread a pixel, which works its position out for itself and reads its twelve bytes one by one.
__global__ void preprocess_bytes(PreprocessArguments preprocess, PreprocessContent content) {
  const uint32_t x = blockIdx.x * kPreprocessThreadsX + threadIdx.x;
  const uint32_t y = blockIdx.y * kPreprocessThreadsY + threadIdx.y;
  if (x >= preprocess.targetWidth || y >= preprocess.targetHeight) return;
  const size_t planeCount = size_t{preprocess.targetWidth} * preprocess.targetHeight;
  float* out = preprocess.output + blockIdx.z * 3 * planeCount + size_t{y} * preprocess.targetWidth + x;
  const uint32_t column = x - content.left;  // of the picture; a pixel left of it wraps round and is not inside either
  const uint32_t row = y - content.top;
  const bool isInside = column < content.width && row < content.height;
  const PreprocessTap across = preprocessTap(isInside ? column : 0, preprocess.sourceWidth, content.width);
  const PreprocessTap down = preprocessTap(isInside ? row : 0, preprocess.sourceHeight, content.height);
  const size_t rowBytes = size_t{preprocess.sourceWidth} * 3;
  const uint8_t* above = preprocess.input + (size_t{blockIdx.z} * preprocess.sourceHeight + down.first) * rowBytes + across.first * 3;
  const uint8_t* below = preprocess.sourceHeight > 1 ? above + rowBytes : above;
  const uint32_t right = preprocess.sourceWidth > 1 ? 3 : 0;
#pragma unroll
  for (uint32_t channel = 0; channel < 3; ++channel) {
    const uint32_t from = preprocess.swapsRedBlue ? 2 - channel : channel;
    float value = preprocess.padValue;
    if (isInside) {
      const float aboveLeft = above[from];
      const float belowLeft = below[from];
      const float aboveValue = aboveLeft + across.fraction * (above[from + right] - aboveLeft);
      const float belowValue = belowLeft + across.fraction * (below[from + right] - belowLeft);
      value = aboveValue + down.fraction * (belowValue - aboveValue);
    }
    out[channel * planeCount] = (value - preprocess.mean[channel]) * preprocess.scale[channel];
  }
}

cudaError_t launchPreprocessBytes(const PreprocessArguments& preprocess, cudaStream_t stream) {
  const Launch launch = preprocessLaunch(preprocess);
  preprocess_bytes<<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(preprocess, preprocessContent(preprocess));
  return cudaGetLastError();
}

}  // namespace hka::kernels
