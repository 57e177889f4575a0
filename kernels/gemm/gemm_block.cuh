// What the vectorised and the double-buffered kernel share: a block of 256 threads computes 128 × 128 elements of C, each thread 8 × 8
// of them as 2 × 2 groups of 4 × 4, so that every read of shared memory and every write of C moves 4 floats.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

namespace hka::kernels::block128 {

constexpr int kSide = 128;
constexpr int kDepth = 8;
constexpr int kThreadSide = 8;
constexpr int kThreads = 256;
constexpr int kAcross = kSide / kThreadSide;
constexpr int kHalf = kSide / 2;     // a thread's second group of 4 lies this far behind its first
constexpr int kStride = kSide + 4;   // of A's lines: 8 k × 4 rows, which a warp writes at once, fall into 32 different banks

struct Tile {
  float a[kDepth][kStride];  // transposed
  float b[kDepth][kSide];
};

__device__ __forceinline__ void addProducts(float (&sums)[kThreadSide][kThreadSide], const Tile& tile, uint32_t threadRow,
                                            uint32_t threadColumn) {
#pragma unroll
  for (int k = 0; k < kDepth; ++k) {
    float4 left[2];
    float4 right[2];
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      left[half] = *reinterpret_cast<const float4*>(&tile.a[k][threadRow * 4 + half * kHalf]);
      right[half] = *reinterpret_cast<const float4*>(&tile.b[k][threadColumn * 4 + half * kHalf]);
    }
    const auto* leftOf = reinterpret_cast<const float*>(left);
    const auto* rightOf = reinterpret_cast<const float*>(right);
#pragma unroll
    for (int row = 0; row < kThreadSide; ++row) {
#pragma unroll
      for (int column = 0; column < kThreadSide; ++column) sums[row][column] += leftOf[row] * rightOf[column];
    }
  }
}

template <bool kIsVector>
__device__ __forceinline__ void storeSums(float* c, uint32_t rows, uint32_t columns, uint32_t threadRow, uint32_t threadColumn,
                                          const float (&sums)[kThreadSide][kThreadSide]) {
#pragma unroll
  for (int y = 0; y < kThreadSide; ++y) {
    const uint32_t row = blockIdx.y * kSide + threadRow * 4 + y % 4 + y / 4 * kHalf;
    if (row >= rows) continue;
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      const uint32_t column = blockIdx.x * kSide + threadColumn * 4 + half * kHalf;
      float* target = c + size_t{row} * columns + column;
      const float* four = &sums[y][half * 4];
      if (kIsVector) {
        if (column < columns) *reinterpret_cast<float4*>(target) = make_float4(four[0], four[1], four[2], four[3]);
      } else {
#pragma unroll
        for (int x = 0; x < 4; ++x) {
          if (column + x < columns) target[x] = four[x];
        }
      }
    }
  }
}

}  // namespace hka::kernels::block128
