#include <math_constants.h>

#include "kernels/tensor/tensor_cuda.h"

namespace hka::kernels {

namespace {

constexpr uint32_t kTwoMinusInfinities = 0xfc00fc00U;

// Of both halves of a word. A NaN wins over every number.
__device__ uint32_t largestPair(uint32_t left, uint32_t right) {
  uint32_t largest;
  asm("max.NaN.f16x2 %0, %1, %2;" : "=r"(largest) : "r"(left), "r"(right));  // PTX ISA 7.0, compute capability 8.0
  return largest;
}

}  // namespace

// One thread a number of the output. `sides` holds the output's height and width, so that no thread divides for them.
__global__ void max_pool(MaxPoolArguments pool, uint2 sides, uint32_t count) {
  const uint32_t index = blockIdx.x * kMaxPoolThreads + threadIdx.x;
  if (index >= count) return;
  const uint32_t x = index % sides.y;
  const uint32_t y = index / sides.y % sides.x;
  const uint32_t plane = index / sides.y / sides.x;
  const float* input = static_cast<const float*>(pool.input) + size_t{plane} * pool.height * pool.width;
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
  static_cast<float*>(pool.output)[index] = largest;
}

// One thread eight channels of a pixel, which lie together. `count`: of threads that have work.
__global__ void max_pool_chunks(MaxPoolArguments pool, uint2 sides, uint32_t count) {
  const uint32_t index = blockIdx.x * kMaxPoolChunkThreads + threadIdx.x;
  if (index >= count) return;
  const uint32_t rowChunks = pool.channels / kMaxPoolChunk;
  const uint32_t pixel = index / rowChunks;
  const uint32_t chunk = index - pixel * rowChunks;
  const uint32_t line = pixel / sides.y;  // of all images below one another
  const uint32_t image = line / sides.x;
  const int firstY = static_cast<int>((line - image * sides.x) * pool.stride) - static_cast<int>(pool.padding);
  const int firstX = static_cast<int>((pixel - line * sides.y) * pool.stride) - static_cast<int>(pool.padding);
  const int endY = min(firstY + static_cast<int>(pool.window), static_cast<int>(pool.height));
  const int endX = min(firstX + static_cast<int>(pool.window), static_cast<int>(pool.width));
  const uint32_t pixelChunks = pool.inputPitch / kMaxPoolChunk;
  const uint4* const input = static_cast<const uint4*>(pool.input) + size_t{image} * pool.height * pool.width * pixelChunks + chunk;
  uint4 largest = make_uint4(kTwoMinusInfinities, kTwoMinusInfinities, kTwoMinusInfinities, kTwoMinusInfinities);
  for (int row = max(firstY, 0); row < endY; ++row) {
#pragma unroll 5
    for (int column = max(firstX, 0); column < endX; ++column) {
      const uint4 value = __ldg(input + (size_t{static_cast<uint32_t>(row)} * pool.width + column) * pixelChunks);
      largest = make_uint4(largestPair(largest.x, value.x), largestPair(largest.y, value.y), largestPair(largest.z, value.z),
                           largestPair(largest.w, value.w));
    }
  }
  static_cast<uint4*>(pool.output)[size_t{pixel} * (pool.outputPitch / kMaxPoolChunk) + chunk] = largest;
}

cudaError_t launchMaxPool(const MaxPoolArguments& pool, cudaStream_t stream) {
  const Launch launch = maxPoolLaunch(pool);
  const uint2 sides = make_uint2(maxPoolSide(pool, pool.height), maxPoolSide(pool, pool.width));
  if (pool.channels != 0) {
    const auto chunkCount = static_cast<uint32_t>(maxPoolCount(pool) / kMaxPoolChunk);
    max_pool_chunks<<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(pool, sides, chunkCount);
    return cudaGetLastError();
  }
  max_pool<<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(pool, sides, static_cast<uint32_t>(maxPoolCount(pool)));
  return cudaGetLastError();
}

}  // namespace hka::kernels
