// What half_mma.cu moves: boxes from global to shared memory, pieces from there to registers, sums out to global memory.
#pragma once

#include <cuda_fp16.h>

#include "kernels/gemm/gemm_half_mma.cuh"

namespace hka::kernels {

// Brings a box of a row-major matrix into shared memory; what lies outside the matrix is zero, so that the product has no edges. A
// thread always takes the same chunk of a row, and every kRowStep-th row, so that only the place of the box changes from step to step.
template <int kRows, int kColumns, int kThreads, int kLoadHalves>
struct BoxLoader {
  static constexpr int kRowChunks = kColumns / 8;
  static constexpr int kRowStep = kThreads / kRowChunks;
  static_assert(kThreads % kRowChunks == 0 && kRows % kRowStep == 0);
  static_assert(kRowStep % 8 == 0);  // then chunkPlace() moves all chunks of a thread alike

  const uint16_t* matrix;
  uint32_t rowCount;
  uint32_t columnCount;
  uint32_t row = threadIdx.x / kRowChunks;
  uint32_t column = threadIdx.x % kRowChunks * 8;

  __device__ void load(uint4* stage, uint32_t firstRow, uint32_t firstColumn) const {
    uint4* const target = stage + chunkPlace<kRowChunks>(row, column / 8);
    const uint32_t fromColumn = firstColumn + column;
    const uint16_t* const source = matrix + size_t{firstRow + row} * columnCount + fromColumn;
    // One by one where the halves of a chunk pass through 8 registers.
#pragma unroll(kLoadHalves == 8 ? kRows / kRowStep : 1)
    for (int i = 0; i < kRows / kRowStep; ++i) {
      const bool isRow = firstRow + row + i * kRowStep < rowCount;
      const uint16_t* const from = source + size_t{columnCount} * (i * kRowStep);
      if constexpr (kLoadHalves == 8) {
        const bool isInside = isRow && fromColumn < columnCount;
        copyChunkAsync(target + i * kRowStep * kRowChunks, isInside ? from : matrix, isInside);
      } else {
        uint32_t halves[8];
#pragma unroll
        for (int k = 0; k < 8; ++k) halves[k] = isRow && fromColumn + k < columnCount ? __ldg(from + k) : 0;
        target[i * kRowStep * kRowChunks] = make_uint4(halves[0] | halves[1] << 16, halves[2] | halves[3] << 16,
                                                       halves[4] | halves[5] << 16, halves[6] | halves[7] << 16);
      }
    }
  }
};

// What a warp multiplies at once: 16 of the depth, as 16 × 16 pieces of A and 16 × 8 pieces of B.
template <int kTileDepth, int kTileColumns, int kPiecesDown, int kPiecesAcross>
struct Pieces {
  uint32_t a[kPiecesDown][4];
  uint32_t b[kPiecesAcross][2];

  __device__ __forceinline__ void load(const uint4* stageA, const uint4* stageB, int warpRow, int warpColumn, int k) {
    const int lane = threadIdx.x % 32;
#pragma unroll
    for (int down = 0; down < kPiecesDown; ++down) {
      loadMatrices(a[down], stageA + chunkPlace<kTileDepth / 8>(warpRow + down * 16 + lane % 16, k / 8 + lane / 16));
    }
#pragma unroll
    for (int across = 0; across < kPiecesAcross; across += 2) {
      uint32_t two[4];
      const uint32_t chunk = (warpColumn + across * 8) / 8 + lane / 16;
      loadMatricesTransposed(two, stageB + chunkPlace<kTileColumns / 8>(k + lane % 16, chunk));
      b[across][0] = two[0];
      b[across][1] = two[1];
      b[across + 1][0] = two[2];
      b[across + 1][1] = two[3];
    }
  }

  __device__ __forceinline__ void multiplyAddTo(float (&sums)[kPiecesDown][kPiecesAcross][4]) const {
#pragma unroll
    for (int down = 0; down < kPiecesDown; ++down) {
#pragma unroll
      for (int across = 0; across < kPiecesAcross; ++across) multiplyAdd(sums[down][across], a[down], b[across]);
    }
  }
};

__device__ __forceinline__ void store(float* target, float value) { *target = value; }
__device__ __forceinline__ void store(__half* target, float value) { *target = __float2half_rn(value); }
__device__ __forceinline__ void storePair(float* target, float left, float right) {
  *reinterpret_cast<float2*>(target) = make_float2(left, right);
}
__device__ __forceinline__ void storePair(__half* target, float left, float right) {
  *reinterpret_cast<__half2*>(target) = __floats2half2_rn(left, right);
}

// Writes a warp's sums from (row, column) on, which is the thread's own place in the first 16 × 8 piece. kIsEven: columnCount is, so
// that pairs are aligned and either whole or outside.
template <bool kIsEven, typename Element, int kPiecesDown, int kPiecesAcross>
__device__ __forceinline__ void storeSums(const float (&sums)[kPiecesDown][kPiecesAcross][4], Element* c, uint32_t rowCount,
                                          uint32_t columnCount, uint32_t firstRow, uint32_t firstColumn) {
#pragma unroll
  for (int half = 0; half < kPiecesDown * 2; ++half) {
    const uint32_t row = firstRow + half * 8;
    if (row >= rowCount) return;
    Element* const target = c + size_t{row} * columnCount;
#pragma unroll
    for (int across = 0; across < kPiecesAcross; ++across) {
      const uint32_t column = firstColumn + across * 8;
      const float left = sums[half / 2][across][half % 2 * 2];
      const float right = sums[half / 2][across][half % 2 * 2 + 1];
      if constexpr (kIsEven) {
        if (column < columnCount) storePair(target + column, left, right);
      } else {
        if (column < columnCount) store(target + column, left);
        if (column + 1 < columnCount) store(target + column + 1, right);
      }
    }
  }
}

}  // namespace hka::kernels
