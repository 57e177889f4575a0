// The pieces of the online softmax. A row that holds a NaN, or nothing but minus infinity, becomes NaN as a whole.
#pragma once

#include <math_constants.h>

#include "kernels/softmax/softmax.h"

namespace hka::kernels {

constexpr uint32_t kWarpThreads = 32;

// A row as the vectors that it touches: they lie at multiples of 16 bytes, and up to three elements of the first and of the last belong to
// the rows beside it. Those are neither read nor written.
struct RowPlace {
  float* start;      // of the first vector; not const, so that it serves for input and output
  uint32_t skipped;  // elements of the first vector that are not of the row
  uint32_t end;      // elements from start to the row's end

  __device__ RowPlace(const float* matrix, uint32_t row, uint32_t columns) {
    const size_t first = size_t{row} * columns;
    skipped = static_cast<uint32_t>(first % 4);
    start = const_cast<float*>(matrix) + (first - skipped);
    end = skipped + columns;
  }
  __device__ bool holds(uint32_t element) const { return element >= skipped && element < end; }
  __device__ bool holdsWhole(uint32_t element) const { return element >= skipped && element + 4 <= end; }
};

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

// The part of a row that one thread keeps: vector i is the (thread + i · rowThreads)th from `first` on.
template <int kVectors>
struct RowPart {
  float4 values[kVectors];

  // What lies outside the row becomes minus infinity, whose exponential is 0. What nobody reads again asks the cache to let it go first.
  template <bool kIsReadAgain = false>
  __device__ void load(const RowPlace& row, uint32_t thread, uint32_t rowThreads) {
#pragma unroll
    for (int step = 0; step < kVectors; ++step) {
      const uint32_t element = (thread + step * rowThreads) * 4;
      const float4* address = reinterpret_cast<const float4*>(row.start + element);
      if (row.holdsWhole(element)) {
        values[step] = kIsReadAgain ? *address : __ldcs(address);
      } else {
        values[step].x = row.holds(element) ? row.start[element] : -CUDART_INF_F;
        values[step].y = row.holds(element + 1) ? row.start[element + 1] : -CUDART_INF_F;
        values[step].z = row.holds(element + 2) ? row.start[element + 2] : -CUDART_INF_F;
        values[step].w = row.holds(element + 3) ? row.start[element + 3] : -CUDART_INF_F;
      }
    }
  }

  __device__ float largest() const {
    float largest = -CUDART_INF_F;
#pragma unroll
    for (const float4& value : values) largest = fmaxf(fmaxf(fmaxf(largest, value.x), fmaxf(value.y, value.z)), value.w);
    return largest;
  }

  // Turns each value into its exponential, and adds them up.
  __device__ float exponentials(float rowLargest) {
    float sum = 0;
#pragma unroll
    for (float4& value : values) {
      value = {expf(value.x - rowLargest), expf(value.y - rowLargest), expf(value.z - rowLargest), expf(value.w - rowLargest)};
      sum += value.x + value.y + (value.z + value.w);
    }
    return sum;
  }

  __device__ void store(const RowPlace& row, uint32_t thread, uint32_t rowThreads, float factor) const {
#pragma unroll
    for (int step = 0; step < kVectors; ++step) {
      const uint32_t element = (thread + step * rowThreads) * 4;
      const float4 value = {values[step].x * factor, values[step].y * factor, values[step].z * factor, values[step].w * factor};
      if (row.holdsWhole(element)) {
        __stcs(reinterpret_cast<float4*>(row.start + element), value);
      } else {
        if (row.holds(element)) row.start[element] = value.x;
        if (row.holds(element + 1)) row.start[element + 1] = value.y;
        if (row.holds(element + 2)) row.start[element + 2] = value.z;
        if (row.holds(element + 3)) row.start[element + 3] = value.w;
      }
    }
  }
};

}  // namespace hka::kernels
