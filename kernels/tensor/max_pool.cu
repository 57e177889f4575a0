#include <math_constants.h>

#include "kernels/tensor/tensor_cuda.h"

namespace hka::kernels {

// One thread a number of the output. `sides` holds the output's height and width, so that no thread divides for them.
__global__ void max_pool(MaxPoolArguments pool, uint2 sides, uint32_t count) {
  const uint32_t index = blockIdx.x * kMaxPoolThreads + threadIdx.x;
  if (index >= count) return;
  const uint32_t x = index % sides.y;
  const uint32_t y = index / sides.y % sides.x;
  const uint32_t plane = index / sides.y / sides.x;
  const float* input = pool.input + size_t{plane} * pool.height * pool.width;
  const int firstY = static_cast<int>(y * pool.stride) - static_cast<int>(pool.padding);
  const int firstX = static_cast<int>(x * pool.stride) - static_cast<int>(pool.padding);
  const int endY = min(firstY + static_cast<int>(pool.window), static_cast<int>(pool.height));
  const int endX = min(firstX + static_cast<int>(pool.window), static_cast<int>(pool.width));
  float largest = -CUDART_INF_F;
  for (int row = max(firstY, 0); row < endY; ++row) {
    for (int column = max(firstX, 0); column < endX; ++column) {
      const float value = input[size_t{static_cast<uint32_t>(row)} * pool.width + column];
      // Phrased so that a NaN, once there, stays: no number is larger.
      if (!(value <= largest)) largest = isnan(largest) ? largest : value;
    }
  }
  pool.output[index] = largest;
}

cudaError_t launchMaxPool(const MaxPoolArguments& pool, cudaStream_t stream) {
  const Launch launch = maxPoolLaunch(pool);
  const uint2 sides = make_uint2(maxPoolSide(pool, pool.height), maxPoolSide(pool, pool.width));
  max_pool<<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(pool, sides, static_cast<uint32_t>(maxPoolCount(pool)));
  return cudaGetLastError();
}

}  // namespace hka::kernels
