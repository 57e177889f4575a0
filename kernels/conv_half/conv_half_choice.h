// Which tile to take for a shape: a model of a launch's time, its numbers fitted for each tile to times measured on an H200, over 43 shapes
// of a YOLOv8n-shaped network, ten of them with eight images too, and ten of a ResNet; halves out, SiLU, begun early. The network's
// convolutions take 2 % longer with its choice than with the best tile of each. On other devices it is a guess.
#pragma once

#include "kernels/conv_half/conv_half.h"

namespace hka::kernels {

// Microseconds.
struct ConvHalfRate {
  const char* word;  // of a variant
  double launch;
  double round;      // of blocks that run together
  double block;      // each that a multiprocessor has
  double blockStep;  // each step of the depth of each such block
  double roundStep;  // each step of a round
};

constexpr ConvHalfRate kConvHalfRates[] = {
    {"tile_256x16_32x16_k1", 0.000, 1.846, 0.340, 0.565, 0.080},
    {"tile_128x16_16x16_k1", 0.019, 1.080, 0.348, 0.230, 0.306},
    {"tile_128x16_32x16_k2", 0.175, 1.601, 0.112, 0.559, 0.051},
    {"tile_64x16_32x16_k2", 0.040, 1.259, 0.383, 0.171, 0.231},
    {"tile_32x16_32x16_k4", 0.646, 0.886, 0.091, 0.293, 0.161},
    {"tile_32x16_32x16_k8", 0.868, 0.615, 0.000, 0.559, 0.251},
    {"tile_128x32_32x32_k1", 0.340, 1.916, 0.208, 0.308, 0.140},
    {"tile_128x32_32x16_k1", 1.235, 0.000, 0.437, 0.369, 0.300},
    {"tile_64x32_32x16_k1", 0.410, 0.405, 0.476, 0.090, 0.503},
    {"tile_64x32_32x16_k2", 0.849, 0.514, 0.353, 0.326, 0.135},
    {"tile_64x32_32x32_k2", 0.656, 1.118, 0.265, 0.288, 0.176},
    {"tile_32x32_16x16_k1", 0.764, 0.014, 0.358, 0.067, 0.302},
    {"tile_32x32_16x16_k2", 0.734, 0.559, 0.213, 0.187, 0.147},
    {"tile_32x32_16x32_k4", 0.525, 0.935, 0.164, 0.315, 0.214},
    {"tile_32x32_32x32_k4", 0.469, 1.321, 0.069, 0.316, 0.172},
    {"tile_32x32_32x32_k8", 0.356, 0.976, 0.563, 0.000, 0.733},
    {"tile_32x64_32x32_k2", 0.693, 0.705, 0.510, 0.188, 0.246},
    {"tile_32x64_32x32_k4", 0.190, 1.457, 0.238, 0.607, 0.000},
    {"tile_64x64_32x32_k1", 1.373, 0.800, 0.285, 0.270, 0.083},
    {"tile_64x64_32x32_k2", 0.432, 1.209, 0.633, 0.398, 0.128},
    {"tile_64x80_32x80_k2", 0.244, 2.732, 0.399, 0.467, 0.191},
    {"tile_128x64_32x32_k1", 0.538, 1.191, 1.007, 0.328, 0.222},
    {"tile_64x128_32x64_k2", 0.000, 3.023, 0.000, 0.872, 0.000},
    {"tile_128x128_64x64_k1", 5.691, 0.000, 0.000, 0.881, 0.012},
};
static_assert(sizeof(kConvHalfRates) / sizeof(kConvHalfRates[0]) == kConvHalfVariantCount, "a rate for each variant, in their order");

struct ConvHalfDevice {
  uint32_t multiprocessorCount;
  uint32_t sharedBytesMax;  // of a block; a multiprocessor has 1 KiB more
};

// Registers of a thread, as ptxas gives them: the sums, what is multiplied with what, and the rest (kernels/resources).
inline uint32_t convHalfRegisters(const ConvHalfVariant& variant) {
  const int sums = variant.warpPixels * variant.warpChannels;
  return sums <= 512 ? 64 : sums <= 1024 ? 128 : sums <= 2048 ? 192 : sums <= 2560 ? 215 : 255;
}

// Blocks that run together on a multiprocessor of 64 Ki registers and 2048 threads (compute capability 8.0 and 9.0; 8.6 to 8.9 have 1536).
inline uint32_t convHalfResident(const ConvHalfVariant& variant, const Launch& launch, const ConvHalfDevice& device) {
  const uint32_t bytes = launch.dynamicSharedBytes + launch.staticSharedBytes + 1024;  // 1 KiB of each block is the system's
  const uint32_t byShared = (device.sharedBytesMax + 1024) / bytes;
  const uint32_t byRegisters = 65536 / (launch.block.x * convHalfRegisters(variant));
  const uint32_t byThreads = 2048 / launch.block.x;
  uint32_t resident = byShared < byRegisters ? byShared : byRegisters;
  resident = resident < byThreads ? resident : byThreads;
  return resident < 1 ? 1 : resident < 32 ? resident : 32;
}

inline double convHalfModelTime(const ConvHalfArguments& conv, const ConvHalfDevice& device) {
  const ConvHalfVariant& variant = convHalfVariant(conv);
  const ConvHalfRate& rate = kConvHalfRates[conv.variantIndex];
  const Launch launch = convHalfLaunch(conv);
  const uint32_t blocks = ceilDiv(uint64_t{launch.grid.x} * launch.grid.y, device.multiprocessorCount);
  const uint32_t rounds = ceilDiv(blocks, convHalfResident(variant, launch, device));
  const uint32_t steps = ceilDiv(ceilDiv(convHalfDepth(conv), kConvHalfStepDepth), static_cast<uint32_t>(variant.slices));
  return rate.launch + rounds * (rate.round + rate.roundStep * steps) + blocks * (rate.block + rate.blockStep * steps);
}

// The index of the quickest tile that a block has the shared memory for.
inline uint32_t convHalfBest(ConvHalfArguments conv, const ConvHalfDevice& device) {
  uint32_t best = 0;
  double bestTime = 0;
  for (uint32_t index = 0; index < kConvHalfVariantCount; ++index) {
    const ConvHalfVariant& variant = kConvHalfVariants[index];
    if (convHalfSharedBytesMax(variant) > device.sharedBytesMax) continue;
    // Most of such a tile would be empty.
    if (static_cast<uint32_t>(variant.tileChannels) >= 2 * conv.channelsOut && variant.tileChannels > 16) continue;
    conv.variantIndex = index;
    const double time = convHalfModelTime(conv, device);
    if (bestTime != 0 && time >= bestTime) continue;
    best = index;
    bestTime = time;
  }
  return best;
}

}  // namespace hka::kernels
