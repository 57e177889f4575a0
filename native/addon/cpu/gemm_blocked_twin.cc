// A block of C is summed in squares of 4 × 8, which fit the registers of every CPU with vectors of 4 floats. The operands are first
// copied into panels in the order in which the squares read them:
//
//   left   [4 rows]   a step of the depth is 4 floats, one a row
//   right  [8 columns] a step is 8 floats, two vectors
#include "addon/cpu/gemm_blocked_twin.h"

#include <algorithm>
#include <cstring>

namespace hka::addon {
namespace {

using kernels::GemmArguments;
using kernels::GemmShape;

constexpr uint32_t kRowsMax = 128;     // of a block
constexpr uint32_t kColumnsMax = 256;
constexpr uint32_t kSteps = 64;        // of the depth at a time: the panels and sums, 224 KiB, stay in the cache of a core
constexpr uint32_t kSquareRows = 4;
constexpr uint32_t kSquareColumns = 8;

// Four floats that GCC and Clang turn into one register of SSE or NEON.
using Vector = float __attribute__((vector_size(16), aligned(16)));

struct Panels {
  alignas(64) float left[kRowsMax * kSteps];
  alignas(64) float right[kColumnsMax * kSteps];
  alignas(64) float sums[kRowsMax * kColumnsMax];
};

struct Part {
  uint32_t rowCount;     // of the block, inside C
  uint32_t columnCount;
  uint32_t stepCount;    // of the depth
};

// What lies outside is zero, so that the squares have no edges.
void packLeft(float* left, const float* a, uint32_t stride, const Part& part, uint32_t blockRows) {
  for (uint32_t row = 0; row < blockRows; ++row) {
    float* panel = left + row / kSquareRows * (kSquareRows * kSteps) + row % kSquareRows;
    const float* source = a + size_t{row} * stride;
    for (uint32_t step = 0; step < part.stepCount; ++step) panel[step * kSquareRows] = row < part.rowCount ? source[step] : 0.0F;
  }
}

void packRight(float* right, const float* b, uint32_t stride, const Part& part, uint32_t blockColumns) {
  for (uint32_t step = 0; step < part.stepCount; ++step) {
    const float* source = b + size_t{step} * stride;
    for (uint32_t column = 0; column < blockColumns; column += kSquareColumns) {
      float* target = right + column * kSteps + step * kSquareColumns;
      const uint32_t inside = column < part.columnCount ? std::min(part.columnCount - column, kSquareColumns) : 0;
      if (inside > 0) std::memcpy(target, source + column, inside * sizeof(float));
      std::fill(target + inside, target + kSquareColumns, 0.0F);
    }
  }
}

void addSquare(float* sums, uint32_t stride, const float* left, const float* right, uint32_t stepCount) {
  Vector square[kSquareRows][2];
  for (uint32_t row = 0; row < kSquareRows; ++row) std::memcpy(square[row], sums + row * stride, sizeof(square[row]));
  for (uint32_t step = 0; step < stepCount; ++step) {
    Vector values[2];
    std::memcpy(values, right + step * kSquareColumns, sizeof(values));
    for (uint32_t row = 0; row < kSquareRows; ++row) {
      const float value = left[step * kSquareRows + row];
      square[row][0] += value * values[0];
      square[row][1] += value * values[1];
    }
  }
  for (uint32_t row = 0; row < kSquareRows; ++row) std::memcpy(sums + row * stride, square[row], sizeof(square[row]));
}

void computeBlock(const GemmArguments& gemm, float* c, uint32_t blockX, uint32_t blockY, uint32_t firstK, uint32_t endK, Panels& panels) {
  const GemmShape& shape = kernels::variantOf(gemm).shape;
  const uint32_t firstRow = blockY * shape.blockRows;
  const uint32_t firstColumn = blockX * shape.blockColumns;
  Part part{std::min(gemm.rows - firstRow, shape.blockRows), std::min(gemm.columns - firstColumn, shape.blockColumns), 0};
  std::fill_n(panels.sums, shape.blockRows * shape.blockColumns, 0.0F);
  for (uint32_t k = firstK; k < endK; k += kSteps) {
    part.stepCount = std::min(endK - k, kSteps);
    packLeft(panels.left, gemm.a + size_t{firstRow} * gemm.depth + k, gemm.depth, part, shape.blockRows);
    packRight(panels.right, gemm.b + size_t{k} * gemm.columns + firstColumn, gemm.columns, part, shape.blockColumns);
    for (uint32_t column = 0; column < part.columnCount; column += kSquareColumns) {
      for (uint32_t row = 0; row < part.rowCount; row += kSquareRows) {
        addSquare(panels.sums + row * shape.blockColumns + column, shape.blockColumns, panels.left + row * kSteps,
                  panels.right + column * kSteps, part.stepCount);
      }
    }
  }
  for (uint32_t row = 0; row < part.rowCount; ++row) {
    std::memcpy(c + size_t{firstRow + row} * gemm.columns + firstColumn, panels.sums + row * shape.blockColumns,
                part.columnCount * sizeof(float));
  }
}

}  // namespace

BlockRange gemmBlockedTwin(const GemmArguments& gemm) {
  const kernels::Dim3 grid = kernels::gemmLaunch(gemm).grid;
  const uint32_t depthPerPart = kernels::gemmDepthPerPart(gemm);
  const bool isSplit = kernels::variantOf(gemm).idea == kernels::GemmIdea::kSplit;
  return [=](uint64_t firstBlock, uint64_t endBlock) {
    static thread_local Panels panels;  // too large for the stack of a thread that somebody else made
    for (uint64_t block = firstBlock; block < endBlock; ++block) {
      const auto z = static_cast<uint32_t>(block / (uint64_t{grid.x} * grid.y));
      const auto y = static_cast<uint32_t>(block / grid.x % grid.y);
      const auto x = static_cast<uint32_t>(block % grid.x);
      float* target = isSplit ? gemm.workspace + size_t{z} * gemm.rows * gemm.columns : gemm.c;
      computeBlock(gemm, target, x, y, z * depthPerPart, std::min((z + 1) * depthPerPart, gemm.depth), panels);
    }
  };
}

}  // namespace hka::addon
