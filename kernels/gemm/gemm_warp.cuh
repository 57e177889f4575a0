// The warp-tiled kernel. Three levels of squares, each reused from a nearer memory:
//
//   block  kBlockRows × kBlockColumns   A and B of kBlockDepth steps lie in shared memory, kStages of them, filled by cp.async
//   warp   kWarpRows × kWarpColumns     the part of a block whose operands a warp's lanes share
//   thread kThreadRows × kThreadColumns sums in registers, in groups of 4 × 4
//
// With kSlices > 1 several groups of warps compute the same block, each its own part of every kBlockDepth steps, and their sums
// are added in shared memory, always in the same order.
#pragma once

#include "kernels/gemm/gemm_warp_loader.cuh"

namespace hka::kernels {

template <int kCount>
__device__ __forceinline__ void readFragment(float (&fragment)[kCount], const float* shared, int stride) {
#pragma unroll
  for (int group = 0; group < kCount / 4; ++group) {
    *reinterpret_cast<float4*>(&fragment[group * 4]) = *reinterpret_cast<const float4*>(shared + group * stride);
  }
}

// Neighbouring lanes share columns, every second pair shares rows: a 16-byte read of such a pattern takes two passes of shared
// memory where one with 8 different addresses in a row takes four.
template <class Shape>
struct LanePlace {
  __device__ __forceinline__ LanePlace() {
    const uint32_t lane = threadIdx.x % 32;
    row = (lane & 1) | (lane >> 2) % (Shape::kLaneRows / 2) << 1;
    column = (lane >> 1 & 1) | (lane >> 2) / (Shape::kLaneRows / 2) << 1;
  }
  uint32_t row;
  uint32_t column;
};

// Stores 4 neighbouring sums of one row.
template <bool kIsVector>
__device__ __forceinline__ void storeFour(const WarpOperands& gemm, float* c, uint32_t row, uint32_t column, float4 sums) {
  if (row >= gemm.rows) return;
  float* target = c + size_t{row} * gemm.columns + column;
  if (kIsVector) {
    if (column < gemm.columns) *reinterpret_cast<float4*>(target) = sums;
    return;
  }
  if (column < gemm.columns) target[0] = sums.x;
  if (column + 1 < gemm.columns) target[1] = sums.y;
  if (column + 2 < gemm.columns) target[2] = sums.z;
  if (column + 3 < gemm.columns) target[3] = sums.w;
}

template <class Shape, bool kIsVector>
__device__ __forceinline__ void storeSums(const WarpOperands& gemm, float* c, uint32_t firstRow, uint32_t firstColumn, float* shared,
                                          float (&sums)[Shape::kThreadRows][Shape::kThreadColumns]) {
  constexpr int kVectorsARow = Shape::kThreadColumns / 4;
  constexpr int kVectors = Shape::kThreadRows * kVectorsARow;
  const auto rowOf = [&](int vector) {
    const int row = vector / kVectorsARow;
    return firstRow + row / 4 * (Shape::kLaneRows * 4) + row % 4;
  };
  const auto columnOf = [&](int vector) { return firstColumn + vector % kVectorsARow * (Shape::kLaneColumns * 4); };
  if constexpr (Shape::kSlices == 1) {
#pragma unroll
    for (int vector = 0; vector < kVectors; ++vector) {
      storeFour<kIsVector>(gemm, c, rowOf(vector), columnOf(vector),
                           *reinterpret_cast<float4*>(&sums[vector / kVectorsARow][vector % kVectorsARow * 4]));
    }
  } else {
    const uint32_t slice = threadIdx.x / Shape::kSliceThreads;
    const uint32_t thread = threadIdx.x % Shape::kSliceThreads;
    auto* partial = reinterpret_cast<float4*>(shared);
    waitCopies<0>();
    __syncthreads();
#pragma unroll
    for (int vector = 0; vector < kVectors; ++vector) {
      partial[(slice * kVectors + vector) * Shape::kSliceThreads + thread] =
          *reinterpret_cast<float4*>(&sums[vector / kVectorsARow][vector % kVectorsARow * 4]);
    }
    __syncthreads();
    constexpr int kVectorsASlice = kVectors / Shape::kSlices;
    static_assert(kVectors % Shape::kSlices == 0);
#pragma unroll
    for (int index = 0; index < kVectorsASlice; ++index) {
      const int vector = static_cast<int>(slice) * kVectorsASlice + index;
      float4 total = partial[vector * Shape::kSliceThreads + thread];
#pragma unroll
      for (int other = 1; other < Shape::kSlices; ++other) {
        const float4 part = partial[(other * kVectors + vector) * Shape::kSliceThreads + thread];
        total = {total.x + part.x, total.y + part.y, total.z + part.z, total.w + part.w};
      }
      storeFour<kIsVector>(gemm, c, rowOf(vector), columnOf(vector), total);
    }
  }
}

template <class Shape, bool kIsVector>
__device__ __forceinline__ void computeBlock(const WarpOperands& gemm, float* shared) {
  const BlockPlace place = blockPlace();
  const uint32_t firstK = blockIdx.z * gemm.depthPerPart;
  const uint32_t endK = min(firstK + gemm.depthPerPart, gemm.depth);
  TileLoader<Shape, kIsVector> loader(gemm, place, firstK, endK);
#pragma unroll
  for (int stage = 0; stage < Shape::kStages - 1; ++stage) {
    loader.load(shared + stage * Shape::kStageFloats);
    closeCopies();
  }

  const uint32_t slice = threadIdx.x / Shape::kSliceThreads;
  const uint32_t warp = threadIdx.x % Shape::kSliceThreads / 32;
  const LanePlace<Shape> lane;
  const uint32_t rowInBlock = warp / Shape::kWarpsAcross * Shape::kWarpRows + lane.row * 4;
  const uint32_t columnInBlock = warp % Shape::kWarpsAcross * Shape::kWarpColumns + lane.column * 4;
  const float* readA = shared + slice * Shape::kSliceDepth * Shape::kStrideA + rowInBlock;
  const float* readB = shared + Shape::kStageFloatsA + slice * Shape::kSliceDepth * Shape::kBlockColumns + columnInBlock;

  float sums[Shape::kThreadRows][Shape::kThreadColumns] = {};
  float fragmentA[2][Shape::kThreadRows];
  float fragmentB[2][Shape::kThreadColumns];
  waitCopies<Shape::kStages - 2>();
  __syncthreads();
  readFragment(fragmentA[0], readA, Shape::kLaneRows * 4);
  readFragment(fragmentB[0], readB, Shape::kLaneColumns * 4);

  int stage = 0;
  const uint32_t tileCount = (endK - firstK + Shape::kBlockDepth - 1) / Shape::kBlockDepth;
  for (uint32_t tile = 0; tile < tileCount; ++tile) {
    const int filled = stage == 0 ? Shape::kStages - 1 : stage - 1;  // everybody has read it: they passed the last barrier
#pragma unroll
    for (int k = 0; k < Shape::kSliceDepth; ++k) {
      const int now = k % 2;
      const int next = (k + 1) % 2;
      int nextK = k + 1;
      if (k == Shape::kSliceDepth - 1) {
        waitCopies<Shape::kStages - 2>();
        __syncthreads();
        stage = stage == Shape::kStages - 1 ? 0 : stage + 1;
        nextK = 0;
      }
      readFragment(fragmentA[next], readA + stage * Shape::kStageFloats + nextK * Shape::kStrideA, Shape::kLaneRows * 4);
      readFragment(fragmentB[next], readB + stage * Shape::kStageFloats + nextK * Shape::kBlockColumns, Shape::kLaneColumns * 4);
      if (k == 0) {
        loader.load(shared + filled * Shape::kStageFloats);
        closeCopies();
      }
#pragma unroll
      for (int row = 0; row < Shape::kThreadRows; ++row) {
#pragma unroll
        for (int column = 0; column < Shape::kThreadColumns; ++column) {
          sums[row][column] += fragmentA[now][row] * fragmentB[now][column];
        }
      }
    }
  }
  float* c = gemm.c + size_t{blockIdx.z} * gemm.rows * gemm.columns;
  storeSums<Shape, kIsVector>(gemm, c, place.row * Shape::kBlockRows + rowInBlock,
                              place.column * Shape::kBlockColumns + columnInBlock, shared, sums);
}

// The body stands apart because ptxas orders it better so: written here, some instances took a tenth longer.
template <int kBlockRows, int kBlockColumns, int kBlockDepth, int kThreadRows, int kThreadColumns, int kWarpRows, int kWarpColumns,
          int kStages, int kSlices, int kBlocksMin, bool kIsVector>
__global__ void __launch_bounds__(kBlockRows / kWarpRows * (kBlockColumns / kWarpColumns) * kSlices * 32, kBlocksMin)
    gemm_warp(WarpOperands gemm) {
  using Shape = WarpShape<kBlockRows, kBlockColumns, kBlockDepth, kThreadRows, kThreadColumns, kWarpRows, kWarpColumns, kStages,
                          kSlices>;
  extern __shared__ float4 sharedVectors[];  // of float4, for its alignment
  computeBlock<Shape, kIsVector>(gemm, reinterpret_cast<float*>(sharedVectors));
}

}  // namespace hka::kernels
