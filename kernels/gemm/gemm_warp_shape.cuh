// The sizes of a warp-tiled kernel, and which block of C a block of the grid computes.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

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

}  // namespace hka::kernels
