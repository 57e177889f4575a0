// The pieces of the online softmax. A row that holds a NaN, or nothing but minus infinity, becomes NaN as a whole.
#pragma once

#include <math_constants.h>

#include "kernels/softmax/softmax.h"

namespace hka::kernels {

constexpr uint32_t kWarpThreads = 32;

// Reads `kWidth` neighbours at once. What nobody reads again asks the cache to let it go first.
template <int kWidth, bool kIsReadAgain>
__device__ void loadVector(float (&to)[kWidth], const float* from) {
  if constexpr (kWidth == 4) {
    const auto* address = reinterpret_cast<const float4*>(from);
    const float4 vector = kIsReadAgain ? *address : __ldcs(address);
    to[0] = vector.x;
    to[1] = vector.y;
    to[2] = vector.z;
    to[3] = vector.w;
  } else {
    to[0] = kIsReadAgain ? *from : __ldcs(from);
  }
}

template <int kWidth>
__device__ void storeVector(float* to, const float (&from)[kWidth]) {
  if constexpr (kWidth == 4) {
    __stcs(reinterpret_cast<float4*>(to), make_float4(from[0], from[1], from[2], from[3]));
  } else {
    __stcs(to, from[0]);
  }
}

__device__ inline float largestOf(float a, float b) { return fmaxf(a, b); }
__device__ inline float sumOf(float a, float b) { return a + b; }

// Every thread of the warp gets the answer.
template <float (*kJoin)(float, float)>
__device__ float reduceWarp(float own) {
#pragma unroll
  for (uint32_t distance = kWarpThreads / 2; distance > 0; distance /= 2) {
    own = kJoin(own, __shfl_xor_sync(0xffffffff, own, distance));
  }
  return own;
}

// Every thread of the block gets the answer. `partial` holds one value a warp, and is not written again before the block's next sync.
template <float (*kJoin)(float, float), int kThreads>
__device__ float reduceBlock(float (&partial)[kThreads / kWarpThreads], float own, float nothing) {
  own = reduceWarp<kJoin>(own);
  const uint32_t lane = threadIdx.x % kWarpThreads;
  if (lane == 0) partial[threadIdx.x / kWarpThreads] = own;
  __syncthreads();
  return reduceWarp<kJoin>(lane < kThreads / kWarpThreads ? partial[lane] : nothing);
}

// The part of a row that one thread keeps: vector i is the (thread + i · rowThreads)th of the row.
template <int kWidth, int kVectors>
struct RowPart {
  float values[kVectors][kWidth];

  // What lies behind the row's end becomes minus infinity, whose exponential is 0.
  template <bool kIsReadAgain = false>
  __device__ void load(const float* row, uint32_t columns, uint32_t thread, uint32_t rowThreads) {
#pragma unroll
    for (int step = 0; step < kVectors; ++step) {
      const uint32_t column = (thread + step * rowThreads) * kWidth;
      if (column < columns) {
        loadVector<kWidth, kIsReadAgain>(values[step], row + column);
      } else {
#pragma unroll
        for (float& value : values[step]) value = -CUDART_INF_F;
      }
    }
  }

  __device__ float largest() const {
    float largest = -CUDART_INF_F;
#pragma unroll
    for (int step = 0; step < kVectors; ++step) {
#pragma unroll
      for (const float value : values[step]) largest = fmaxf(largest, value);
    }
    return largest;
  }

  // Turns each value into its exponential, and adds them up.
  __device__ float exponentials(float rowLargest) {
    float sum = 0;
#pragma unroll
    for (int step = 0; step < kVectors; ++step) {
#pragma unroll
      for (float& value : values[step]) {
        value = expf(value - rowLargest);
        sum += value;
      }
    }
    return sum;
  }

  __device__ void store(float* row, uint32_t columns, uint32_t thread, uint32_t rowThreads, float factor) {
#pragma unroll
    for (int step = 0; step < kVectors; ++step) {
      const uint32_t column = (thread + step * rowThreads) * kWidth;
      if (column >= columns) continue;
#pragma unroll
      for (float& value : values[step]) value *= factor;
      storeVector(row + column, values[step]);
    }
  }
};

}  // namespace hka::kernels
