#include "addon/cpu/gemm_twin.h"

#include <algorithm>
#include <cstring>

#include "addon/cpu/gemm_blocked_twin.h"

namespace hka::addon {
namespace {

using kernels::GemmArguments;

// Copies the part of a row-major matrix that a tile covers; what lies outside is zero, so that the inner loop has no edges.
template <uint32_t kTile>
void loadTile(float (&tile)[kTile][kTile], const float* matrix, uint32_t rowCount, uint32_t columnCount, uint64_t firstRow,
              uint64_t firstColumn) {
  const uint64_t endColumn = std::min<uint64_t>(firstColumn + kTile, columnCount);
  const uint64_t validCount = endColumn > firstColumn ? endColumn - firstColumn : 0;
  for (uint32_t y = 0; y < kTile; ++y) {
    const uint64_t row = firstRow + y;
    const uint64_t copiedCount = row < rowCount ? validCount : 0;
    if (copiedCount > 0) std::memcpy(tile[y], matrix + row * columnCount + firstColumn, copiedCount * sizeof(float));
    std::fill(tile[y] + copiedCount, tile[y] + kTile, 0.0F);
  }
}

template <uint32_t kTile>
void gemmBlock(const GemmArguments& gemm, uint64_t blockX, uint64_t blockY) {
  alignas(64) float tileA[kTile][kTile];
  alignas(64) float tileB[kTile][kTile];
  alignas(64) float sums[kTile][kTile] = {};
  const uint64_t firstRow = blockY * kTile;
  const uint64_t firstColumn = blockX * kTile;
  for (uint64_t firstK = 0; firstK < gemm.depth; firstK += kTile) {
    loadTile(tileA, gemm.a, gemm.rows, gemm.depth, firstRow, firstK);
    loadTile(tileB, gemm.b, gemm.depth, gemm.columns, firstK, firstColumn);
    for (uint32_t y = 0; y < kTile; ++y) {
      float row[kTile];  // one row of sums, which the compiler keeps in registers
      std::memcpy(row, sums[y], sizeof(row));
      for (uint32_t k = 0; k < kTile; ++k) {
        const float left = tileA[y][k];
        HKA_KEEP_LOOP
        for (uint32_t x = 0; x < kTile; ++x) row[x] += left * tileB[k][x];
      }
      std::memcpy(sums[y], row, sizeof(row));
    }
  }
  const uint64_t endRow = std::min<uint64_t>(firstRow + kTile, gemm.rows);
  const uint64_t writtenCount = std::min<uint64_t>(kTile, gemm.columns - firstColumn);
  for (uint64_t row = firstRow; row < endRow; ++row) {
    std::memcpy(gemm.c + row * gemm.columns + firstColumn, sums[row - firstRow], writtenCount * sizeof(float));
  }
}

template <uint32_t kTile>
BlockRange gemmOfTile(const GemmArguments& gemm) {
  const uint32_t gridX = kernels::gemmLaunch(gemm).grid.x;
  return [gemm, gridX](uint64_t firstBlock, uint64_t endBlock) {
    for (uint64_t block = firstBlock; block < endBlock; ++block) gemmBlock<kTile>(gemm, block % gridX, block / gridX);
  };
}

constexpr uint32_t kNaiveSide = 16;

// Nothing is kept for the next row. The block's columns advance side by side, as its threads do.
void naiveBlock(const GemmArguments& gemm, uint64_t blockX, uint64_t blockY) {
  const uint64_t endRow = std::min<uint64_t>((blockY + 1) * kNaiveSide, gemm.rows);
  const uint64_t firstColumn = blockX * kNaiveSide;
  const uint64_t columnCount = std::min<uint64_t>(kNaiveSide, gemm.columns - firstColumn);
  for (uint64_t row = blockY * kNaiveSide; row < endRow; ++row) {
    float sums[kNaiveSide] = {};
    for (uint64_t k = 0; k < gemm.depth; ++k) {
      const float left = gemm.a[row * gemm.depth + k];
      const float* right = gemm.b + k * gemm.columns + firstColumn;
      HKA_KEEP_LOOP
      for (uint64_t column = 0; column < columnCount; ++column) sums[column] += left * right[column];
    }
    std::memcpy(gemm.c + row * gemm.columns + firstColumn, sums, columnCount * sizeof(float));
  }
}

BlockRange gemmOfNothingShared(const GemmArguments& gemm) {
  const uint32_t gridX = kernels::gemmLaunch(gemm).grid.x;
  return [gemm, gridX](uint64_t firstBlock, uint64_t endBlock) {
    for (uint64_t block = firstBlock; block < endBlock; ++block) naiveBlock(gemm, block % gridX, block / gridX);
  };
}

}  // namespace

BlockRange gemmTwin(const GemmArguments& gemm) {
  const kernels::GemmVariant& variant = kernels::variantOf(gemm);
  if (variant.idea == kernels::GemmIdea::kNaive) return gemmOfNothingShared(gemm);
  if (variant.idea != kernels::GemmIdea::kTile) return gemmBlockedTwin(gemm);
  if (variant.shape.blockRows == 8) return gemmOfTile<8>(gemm);
  if (variant.shape.blockRows == 16) return gemmOfTile<16>(gemm);
  return gemmOfTile<32>(gemm);
}

BlockRange gemmSumTwin(const GemmArguments& gemm) {
  const size_t elementCount = size_t{gemm.rows} * gemm.columns;
  const uint32_t parts = kernels::gemmUsedParts(gemm);
  return [gemm, elementCount, parts](uint64_t firstBlock, uint64_t endBlock) {
    const size_t end = std::min<size_t>(endBlock * kernels::kGemmSumThreads, elementCount);
    for (size_t index = firstBlock * kernels::kGemmSumThreads; index < end; ++index) {
      float sum = gemm.workspace[index];
      for (uint32_t part = 1; part < parts; ++part) sum += gemm.workspace[part * elementCount + index];
      gemm.c[index] = sum;
    }
  };
}

}  // namespace hka::addon
