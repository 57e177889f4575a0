// Which variant to take for a shape: a model of the time on the multiprocessor that has most to do, its numbers fitted to times measured on
// an H200. Over 30 shapes, square from 128 to 4096, long and flat ones, its choice was at most 6 % slower than the best of the
// warp-tiled variants, and at 4096, 2048, 1024 and 512 it was the best. On other devices it is a guess.
#pragma once

#include "kernels/gemm/gemm.h"

namespace hka::kernels {

struct GemmRate {
  const char* name;      // of a variant
  double rate;           // multiplications a multiprocessor does in the same time when it is full, against the first line
  uint32_t residentMax;  // blocks that run on one multiprocessor together
  uint32_t startSteps;   // filling the stages, adding the slices and storing C, as so many steps of the depth
};

constexpr GemmRate kGemmRates[] = {
    {"warp_128x256x32_8x16_64x64_s3_k1", 1.0, 1, 531},
    {"warp_128x256x16_8x16_64x64_s3_k1", 0.825, 1, 16},
    {"warp_128x128x16_8x16_64x64_s3_k1", 0.743, 2, 0},
    {"warp_128x128x16_8x8_32x64_s3_k1", 0.716, 2, 16},
    {"warp_64x64x16_4x8_32x32_s4_k1", 0.678, 4, 24},
    {"warp_64x128x32_8x16_64x64_s3_k4", 0.762, 1, 47},
    {"warp_64x64x32_8x8_32x64_s3_k2", 0.712, 3, 46},
    {"warp_32x64x32_8x8_32x64_s4_k4", 0.676, 3, 67},
    {"warp_32x64x64_8x8_32x64_s3_k8", 0.627, 1, 111},
};
constexpr GemmRate kGemmSplitRate = {"split_k", 0.64, 2, 23};
// Each part costs a write and a read of C's size: as long as so many multiplications for each element of a multiprocessor's share.
constexpr double kGemmPartMultiplications = 39;
constexpr double kGemmSumLaunchMultiplications = 790'000;  // 3 µs: the second launch of split_k
constexpr uint32_t kGemmPartsMax = 64;

constexpr bool areGemmRatesNamed() {
  for (const GemmRate& rate : kGemmRates) {
    if (gemmVariantNamed(rate.name) == kGemmVariantCount) return false;
  }
  return true;
}
static_assert(areGemmRatesNamed(), "every rate is of a variant that exists");

struct GemmSize {
  uint32_t rows;
  uint32_t columns;
  uint32_t depth;
};

// Time on the fullest multiprocessor, in multiplications of the first line, of `parts` grids of this variant, each for its part of the
// depth. It gets what does not divide evenly, and few warps do not hide each other's waits: 4 reached 78 %, 8 reached 91 % of what 12 do.
inline double gemmModelTime(const GemmRate& rate, const GemmSize& size, uint32_t parts, uint32_t smCount) {
  const GemmShape& shape = kGemmVariants[gemmVariantNamed(rate.name)].shape;
  const auto timeTogether = [&](uint32_t blocks) {
    const uint32_t warps = blocks * gemmWarpThreads(shape) / 32;
    return blocks / (warps < 8 ? 0.78 : warps < 12 ? 0.91 : 1.0);
  };
  const uint64_t blocks = uint64_t{ceilDiv(size.rows, shape.blockRows)} * ceilDiv(size.columns, shape.blockColumns) * parts;
  const uint32_t blocksASm = ceilDiv(blocks, smCount);
  const double rounds = blocksASm / rate.residentMax * timeTogether(rate.residentMax) + timeTogether(blocksASm % rate.residentMax);
  const double steps = 1.0 * ceilDiv(ceilDiv(size.depth, parts), shape.blockDepth) * shape.blockDepth + rate.startSteps;
  return rounds * shape.blockRows * shape.blockColumns * steps / rate.rate;
}

struct GemmChoice {
  size_t variant;  // of kGemmVariants
  uint32_t parts;
  double time;     // in multiplications of one multiprocessor
};

// The quickest of the variants that need no workspace, on a device of smCount multiprocessors.
inline GemmChoice gemmBestVariant(const GemmSize& size, uint32_t smCount) {
  GemmChoice best{0, 1, 0};
  for (const GemmRate& rate : kGemmRates) {
    const double time = gemmModelTime(rate, size, 1, smCount);
    if (best.time == 0 || time < best.time) best = {gemmVariantNamed(rate.name), 1, time};
  }
  return best;
}

// split_k with the quickest number of parts.
inline GemmChoice gemmBestSplit(const GemmSize& size, uint32_t smCount) {
  const size_t variant = gemmVariantNamed(kGemmSplitRate.name);
  const uint32_t partsUseful = ceilDiv(size.depth, kGemmVariants[variant].shape.blockDepth);
  const double elementsASm = 1.0 * size.rows * size.columns / smCount;
  GemmChoice best{variant, 1, 0};
  for (uint32_t parts = 1; parts <= kGemmPartsMax && parts <= partsUseful; ++parts) {
    const double time = gemmModelTime(kGemmSplitRate, size, parts, smCount) + kGemmPartMultiplications * parts * elementsASm +
                        kGemmSumLaunchMultiplications;
    if (best.time == 0 || time < best.time) best = {variant, parts, time};
  }
  return best;
}

}  // namespace hka::kernels
