// The way of A and B into shared memory, for the warp-tiled kernel.
#pragma once

#include "kernels/gemm/async_copy.cuh"
#include "kernels/gemm/gemm_warp_shape.cuh"

namespace hka::kernels {

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

}  // namespace hka::kernels
