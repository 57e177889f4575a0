// Which variant to take for a shape. A model of three numbers a variant, fitted to times measured on an H200 (README.md): over 25 shapes,
// square from 128 to 4096 and long ones, its choice was never more than 5 % slower than the best of the warp-tiled variants.
#pragma once

#include "kernels/gemm/gemm.h"

namespace hka::kernels {

struct GemmRate {
  const char* name;        // of a warp-tiled variant
  double rate;             // multiplications a multiprocessor does in the same time, against the first line, when it is full
  uint32_t residentMax;    // blocks that run on one multiprocessor together
  uint32_t startSteps;     // filling the stages and storing C, as so many steps of the depth
};

constexpr GemmRate kGemmRates[] = {
    {"warp_128x256x32_8x16_64x64_s3_k1", 1.0, 1, 193},
    {"warp_128x256x16_8x16_64x64_s3_k1", 0.933, 1, 20},
    {"warp_128x128x16_8x16_64x64_s3_k1", 0.838, 2, 20},
    {"warp_128x128x16_8x8_32x64_s3_k1", 0.81, 2, 20},
    {"warp_64x64x16_4x8_32x32_s4_k1", 0.758, 4, 20},
    {"warp_64x128x32_8x16_64x64_s3_k4", 0.837, 1, 20},
    {"warp_64x64x32_8x8_32x64_s3_k2", 0.78, 3, 20},
    {"warp_32x64x32_8x8_32x64_s4_k4", 0.725, 3, 20},
    {"warp_32x64x64_8x8_32x64_s3_k8", 0.651, 1, 20},
};

constexpr bool areGemmRatesNamed() {
  for (const GemmRate& rate : kGemmRates) {
    if (gemmVariantNamed(rate.name) == kGemmVariantCount) return false;
  }
  return true;
}
static_assert(areGemmRatesNamed(), "every rate is of a variant that exists");

// Time that the fullest multiprocessor needs, in multiplications of the fastest variant. It gets the blocks that do not divide evenly,
// and few warps do not hide each other's waits: 4 reached 79 %, 8 reached 93 % of what 12 do.
inline double gemmModelTime(const GemmRate& rate, const GemmShape& shape, uint32_t blocks, uint32_t depth, uint32_t smCount) {
  const uint32_t blocksASm = ceilDiv(blocks, smCount);
  const uint32_t resident = blocksASm < rate.residentMax ? blocksASm : rate.residentMax;
  const uint32_t warps = resident * gemmWarpThreads(shape) / 32;
  const double hidden = warps < 8 ? 0.79 : warps < 12 ? 0.93 : 1.0;
  const double steps = 1.0 * ceilDiv(depth, shape.blockDepth) * shape.blockDepth + rate.startSteps;
  return blocksASm * 1.0 * shape.blockRows * shape.blockColumns * steps / (rate.rate * hidden);
}

inline uint32_t gemmBlockCount(const GemmShape& shape, uint32_t rows, uint32_t columns) {
  return ceilDiv(rows, shape.blockRows) * ceilDiv(columns, shape.blockColumns);
}

// The index in kGemmVariants of the variant that should be quickest for the shape on a device of smCount multiprocessors. Never split_k,
// which needs a workspace.
inline size_t gemmBestVariant(uint32_t rows, uint32_t columns, uint32_t depth, uint32_t smCount) {
  size_t best = 0;
  double bestTime = 0;
  for (const GemmRate& rate : kGemmRates) {
    const size_t variant = gemmVariantNamed(rate.name);
    const GemmShape& shape = kGemmVariants[variant].shape;
    const double time = gemmModelTime(rate, shape, gemmBlockCount(shape, rows, columns), depth, smCount);
    if (bestTime != 0 && time >= bestTime) continue;
    best = variant;
    bestTime = time;
  }
  return best;
}

constexpr uint32_t kGemmPartsMax = 64;

// How many parts split_k should cut the depth into. Each part costs a write and a read of C's size, which took as long as 80
// multiplications an element of a multiprocessor's share.
inline uint32_t gemmBestParts(uint32_t rows, uint32_t columns, uint32_t depth, uint32_t smCount) {
  constexpr GemmRate kSplitRate = {"split_k", 0.78, 2, 20};
  constexpr double kMultiplicationsAPart = 80;
  const GemmShape& shape = kGemmVariants[gemmVariantNamed("split_k")].shape;
  const uint32_t blocks = gemmBlockCount(shape, rows, columns);
  const double elementsASm = 1.0 * rows * columns / smCount;
  uint32_t best = 1;
  double bestTime = 0;
  for (uint32_t parts = 1; parts <= kGemmPartsMax && parts <= ceilDiv(depth, shape.blockDepth); ++parts) {
    const double time = gemmModelTime(kSplitRate, shape, blocks * parts, ceilDiv(depth, parts), smCount) +
                        kMultiplicationsAPart * parts * elementsASm;
    if (bestTime != 0 && time >= bestTime) continue;
    best = parts;
    bestTime = time;
  }
  return best;
}

}  // namespace hka::kernels
