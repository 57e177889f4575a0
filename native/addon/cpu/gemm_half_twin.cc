#include "addon/cpu/gemm_half_twin.h"

#include <algorithm>

#include "kernels/common/half_bits.h"

namespace hka::addon {
namespace {

using kernels::GemmHalfArguments;
using kernels::GemmHalfVariant;
using kernels::gemmHalfVariant;

constexpr uint64_t kTileElementsMax = 128 * 256;
constexpr uint64_t kTileDepthMax = 64;
constexpr uint64_t kTileSideMax = 256;

constexpr bool doVariantsFit() {
  for (const GemmHalfVariant& variant : kernels::kGemmHalfVariants) {
    if (variant.tileRows > int{kTileSideMax} || variant.tileColumns > int{kTileSideMax} || variant.tileDepth > int{kTileDepthMax} ||
        uint64_t(variant.tileRows) * variant.tileColumns > kTileElementsMax) {
      return false;
    }
  }
  return true;
}
static_assert(doVariantsFit());

// What a block keeps in shared memory and registers. One a thread, because 256 KiB are much for a stack.
struct Tiles {
  alignas(64) float a[kTileSideMax * kTileDepthMax];
  alignas(64) float b[kTileDepthMax * kTileSideMax];
  alignas(64) float sums[kTileElementsMax];
};
thread_local Tiles tiles;

// The part of a row-major matrix that a box covers, as floats; what lies outside is zero, so that the product has no edges.
void loadBox(float* box, uint64_t boxRows, uint64_t boxColumns, const uint16_t* matrix, uint64_t rowCount, uint64_t columnCount,
             uint64_t firstRow, uint64_t firstColumn) {
  const uint64_t insideCount = std::min(boxColumns, columnCount - std::min(columnCount, firstColumn));
  for (uint64_t y = 0; y < boxRows; ++y) {
    float* const target = box + y * boxColumns;
    const uint64_t row = firstRow + y;
    const uint64_t copiedCount = row < rowCount ? insideCount : 0;
    for (uint64_t x = 0; x < copiedCount; ++x) target[x] = kernels::floatFromHalf(matrix[row * columnCount + firstColumn + x]);
    std::fill(target + copiedCount, target + boxColumns, 0.0F);
  }
}

void storeTile(const GemmHalfArguments& gemm, uint64_t tileRows, uint64_t tileColumns, uint64_t firstRow, uint64_t firstColumn) {
  const uint64_t endRow = std::min<uint64_t>(firstRow + tileRows, gemm.rows);
  const uint64_t endColumn = std::min<uint64_t>(firstColumn + tileColumns, gemm.columns);
  for (uint64_t row = firstRow; row < endRow; ++row) {
    const float* const sums = tiles.sums + (row - firstRow) * tileColumns;
    for (uint64_t column = firstColumn; column < endColumn; ++column) {
      const float sum = sums[column - firstColumn];
      const uint64_t index = row * gemm.columns + column;
      if (gemm.isFloatOutput) static_cast<float*>(gemm.c)[index] = sum;
      else static_cast<uint16_t*>(gemm.c)[index] = kernels::halfFromFloat(sum);
    }
  }
}

void computeTile(const GemmHalfArguments& gemm, uint64_t firstRow, uint64_t firstColumn) {
  const GemmHalfVariant& variant = gemmHalfVariant(gemm);
  const auto tileRows = static_cast<uint64_t>(variant.tileRows);
  const auto tileColumns = static_cast<uint64_t>(variant.tileColumns);
  const auto tileDepth = static_cast<uint64_t>(variant.tileDepth);
  std::fill(tiles.sums, tiles.sums + tileRows * tileColumns, 0.0F);
  for (uint64_t firstK = 0; firstK < gemm.depth; firstK += tileDepth) {
    loadBox(tiles.a, tileRows, tileDepth, gemm.a, gemm.rows, gemm.depth, firstRow, firstK);
    loadBox(tiles.b, tileDepth, tileColumns, gemm.b, gemm.depth, gemm.columns, firstK, firstColumn);
    const uint64_t stepCount = std::min<uint64_t>(tileDepth, gemm.depth - firstK);
    for (uint64_t y = 0; y < tileRows && firstRow + y < gemm.rows; ++y) {
      float* const row = tiles.sums + y * tileColumns;
      for (uint64_t k = 0; k < stepCount; ++k) {
        const float left = tiles.a[y * tileDepth + k];
        const float* const right = tiles.b + k * tileColumns;
        for (uint64_t x = 0; x < tileColumns; ++x) row[x] += left * right[x];
      }
    }
  }
  storeTile(gemm, tileRows, tileColumns, firstRow, firstColumn);
}

// The tiles that one block computes: one, or every so many where blocks stay.
void runBlock(const GemmHalfArguments& gemm, uint64_t block, uint64_t blockCount) {
  const GemmHalfVariant& variant = gemmHalfVariant(gemm);
  const auto clusterBlocks = static_cast<uint64_t>(variant.clusterBlocks);
  const auto tileRows = static_cast<uint64_t>(variant.tileRows);
  const uint32_t clusterRowCount = kernels::ceilDiv(gemm.rows, tileRows * clusterBlocks);
  const uint32_t tileColumnCount = kernels::ceilDiv(gemm.columns, variant.tileColumns);
  const uint64_t clusterCount = kernels::gemmHalfClusterCount(gemm);
  for (uint64_t index = block / clusterBlocks; index < clusterCount; index += blockCount / clusterBlocks) {
    const auto place = kernels::gemmHalfTilePlace(static_cast<uint32_t>(index), clusterRowCount, tileColumnCount);
    const uint64_t firstRow = (place.row * clusterBlocks + block % clusterBlocks) * tileRows;
    if (firstRow < gemm.rows) computeTile(gemm, firstRow, uint64_t{place.column} * variant.tileColumns);
  }
}

}  // namespace

BlockRange gemmHalfTwin(const GemmHalfArguments& gemm) {
  const uint64_t blockCount = kernels::gemmHalfLaunch(gemm).grid.x;
  return [gemm, blockCount](uint64_t firstBlock, uint64_t endBlock) {
    for (uint64_t block = firstBlock; block < endBlock; ++block) runBlock(gemm, block, blockCount);
  };
}

}  // namespace hka::addon
