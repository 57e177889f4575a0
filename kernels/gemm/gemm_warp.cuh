// The warp-tiled kernel. Three levels of squares, each reused from a nearer memory:
//
//   block  kBlockRows × kBlockColumns   A and B of kBlockDepth steps lie in shared memory, kStages of them, filled by cp.async
//   warp   kWarpRows × kWarpColumns     the part of a block whose operands a warp's lanes share
//   thread kThreadRows × kThreadColumns sums in registers, in groups of 4 × 4
//
// With kSlices > 1 several groups of warps compute the same block, each its own part of every kBlockDepth steps, and their sums
// are added in shared memory, always in the same order.
#pragma once

#include "kernels/gemm/async_copy.cuh"

namespace hka::kernels {

struct WarpOperands {
  const float* a;
  const float* b;
  float* c;  // with blockIdx.z partial results rows × columns apart
  uint32_t rows;
  uint32_t columns;
  uint32_t depth;
  uint32_t depthPerPart;  // blockIdx.z computes the sums over [z · depthPerPart, (z + 1) · depthPerPart)
};

template <int kBlockRows_, int kBlockColumns_, int kBlockDepth_, int kThreadRows_, int kThreadColumns_, int kWarpRows_,
          int kWarpColumns_, int kStages_, int kSlices_>
struct WarpShape {
  static constexpr int kBlockRows = kBlockRows_, kBlockColumns = kBlockColumns_, kBlockDepth = kBlockDepth_;
  static constexpr int kThreadRows = kThreadRows_, kThreadColumns = kThreadColumns_;
  static constexpr int kWarpRows = kWarpRows_, kWarpColumns = kWarpColumns_;
  static constexpr int kStages = kStages_, kSlices = kSlices_;
  static constexpr int kLaneRows = kWarpRows / kThreadRows, kLaneColumns = kWarpColumns / kThreadColumns;
  static constexpr int kWarpsDown = kBlockRows / kWarpRows, kWarpsAcross = kBlockColumns / kWarpColumns;
  static constexpr int kSliceThreads = kWarpsDown * kWarpsAcross * 32;
  static constexpr int kThreads = kSliceThreads * kSlices;
  static constexpr int kSliceDepth = kBlockDepth / kSlices;
  // A lies transposed, [k][row]. 4 more floats a line, so that a warp's copies of 8 k × 4 rows meet 32 different banks.
  static constexpr int kStrideA = kBlockRows + 4;
  static constexpr int kStageFloatsA = kBlockDepth * kStrideA, kStageFloatsB = kBlockDepth * kBlockColumns;
  static constexpr int kStageFloats = kStageFloatsA + kStageFloatsB;

  static_assert(kLaneRows * kLaneColumns == 32 && kLaneRows >= 2 && kLaneColumns >= 2, "a warp has 32 lanes");
  static_assert(kThreadRows % 4 == 0 && kThreadColumns % 4 == 0, "a thread's sums come in groups of 4 × 4");
  static_assert(kBlockRows % kWarpRows == 0 && kBlockColumns % kWarpColumns == 0 && kBlockDepth % kSlices == 0, "no edges inside");
  static_assert(kBlockDepth % 8 == 0 && kBlockRows % (kThreads / 8) == 0, "every thread copies the same number of A's elements");
  static_assert(kBlockDepth * kBlockColumns % (4 * kThreads) == 0, "and of B's vectors");
  static_assert(kStages >= 2 && kSliceDepth % 2 == 0, "two fragments take turns, from tile to tile as well");
};

// Blocks are numbered column by column within groups of kGroupRows rows of blocks, so that those that run together share A's rows and
// B's columns in the L2 cache.
constexpr uint32_t kGroupRows = 8;

struct BlockPlace {
  uint32_t row;
  uint32_t column;
};

__device__ __forceinline__ BlockPlace blockPlace() {
  const uint32_t blockIndex = blockIdx.y * gridDim.x + blockIdx.x;
  const uint32_t groupBlocks = kGroupRows * gridDim.x;
  const uint32_t firstRow = blockIndex / groupBlocks * kGroupRows;
  const uint32_t groupRows = min(gridDim.y - firstRow, kGroupRows);
  const uint32_t indexInGroup = blockIndex % groupBlocks;
  return {firstRow + indexInGroup % groupRows, indexInGroup / groupRows};
}

// Copies tile after tile of A and B into shared memory. Rows and columns outside the matrices read the last one inside: what they
// give is never stored. Depth outside must read zero, as it is part of every sum.
template <class Shape, bool kIsVector>
class TileLoader {
 public:
  __device__ __forceinline__ TileLoader(const WarpOperands& gemm, BlockPlace place, uint32_t firstK, uint32_t endK)
      : columns_(gemm.columns), k_(firstK), endK_(endK) {
    const uint32_t thread = threadIdx.x;
    kOfA_ = thread % 8;
    rowOfA_ = thread / 8;
    const uint32_t firstRow = place.row * Shape::kBlockRows;
    a_ = gemm.a + size_t{firstRow} * gemm.depth + firstK + kOfA_;
    const uint32_t lastRow = gemm.rows - 1 - firstRow;
#pragma unroll
    for (int pass = 0; pass < kPassesA; ++pass) offsetA_[pass] = min(rowOfA_ + pass * kRowsAPass, lastRow) * gemm.depth;
    kOfB_ = thread / kVectorsB;
    columnOfB_ = thread % kVectorsB * 4;
    const uint32_t firstColumn = place.column * Shape::kBlockColumns;
    const uint32_t left = gemm.columns - firstColumn;
    b_ = gemm.b + size_t{firstK + kOfB_} * gemm.columns + firstColumn;
#pragma unroll
    for (int index = 0; index < kCopiesAVectorB; ++index) {
      offsetB_[index] = kIsVector ? min(columnOfB_, left - 4) : min(columnOfB_ + index, left - 1);
    }
  }

  // The next kBlockDepth steps, into one stage.
  __device__ __forceinline__ void load(float* stage) {
    if (k_ + Shape::kBlockDepth <= endK_) copyTile<false>(stage);
    else if (k_ < endK_) copyTile<true>(stage);
    k_ += Shape::kBlockDepth;
    a_ += Shape::kBlockDepth;
    b_ += size_t{Shape::kBlockDepth} * columns_;
  }

 private:
  static constexpr int kRowsAPass = Shape::kThreads / 8;
  static constexpr int kPassesA = Shape::kBlockRows / kRowsAPass;
  static constexpr int kVectorsB = Shape::kBlockColumns / 4;  // in a row of a tile of B
  static constexpr int kRowsBPass = Shape::kThreads / kVectorsB;
  static constexpr int kPassesB = Shape::kBlockDepth / kRowsBPass;
  static constexpr int kCopiesAVectorB = kIsVector ? 1 : 4;
  static_assert(Shape::kThreads % kVectorsB == 0 && Shape::kBlockDepth % kRowsBPass == 0);

  template <bool kIsLast>
  __device__ __forceinline__ void copyTile(float* stage) {
    float* stageA = stage + kOfA_ * Shape::kStrideA + rowOfA_;
#pragma unroll
    for (int k = 0; k < Shape::kBlockDepth; k += 8) {
      const bool isInside = !kIsLast || k_ + kOfA_ + k < endK_;
#pragma unroll
      for (int pass = 0; pass < kPassesA; ++pass) {
        const float* source = isInside ? a_ + offsetA_[pass] + k : a_;
        copyAsync<4>(stageA + k * Shape::kStrideA + pass * kRowsAPass, source, isInside);
      }
    }
    float* stageB = stage + Shape::kStageFloatsA + kOfB_ * Shape::kBlockColumns + columnOfB_;
    const float* b = b_;
#pragma unroll
    for (int pass = 0; pass < kPassesB; ++pass) {
      const bool isInside = !kIsLast || k_ + kOfB_ + pass * kRowsBPass < endK_;
#pragma unroll
      for (int index = 0; index < kCopiesAVectorB; ++index) {
        const float* source = isInside ? b + offsetB_[index] : b_;
        copyAsync<16 / kCopiesAVectorB>(stageB + pass * kRowsBPass * Shape::kBlockColumns + index, source, isInside);
      }
      b += size_t{kRowsBPass} * columns_;
    }
  }

  const float* a_;
  const float* b_;
  uint32_t columns_;
  uint32_t k_;
  uint32_t endK_;
  uint32_t kOfA_;
  uint32_t rowOfA_;
  uint32_t kOfB_;
  uint32_t columnOfB_;
  uint32_t offsetA_[kPassesA];
  uint32_t offsetB_[kCopiesAVectorB];
};

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
