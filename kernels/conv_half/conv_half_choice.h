// Which tile to take for a shape.
#pragma once

#include "kernels/conv_half/conv_half.h"

namespace hka::kernels {

struct ConvHalfDevice {
  uint32_t multiprocessorCount;
  uint32_t sharedBytesMax;  // of a block; 0: any
};

// Steps of the depth that a multiprocessor spends: what all blocks move through shared memory, where the device is full, and how long one
// block takes from its first step to its last, where it is not.
inline double convHalfModelTime(const ConvHalfArguments& conv, const ConvHalfDevice& device) {
  const ConvHalfVariant& variant = convHalfVariant(conv);
  const Launch launch = convHalfLaunch(conv);
  const double blocks = 1.0 * launch.grid.x * launch.grid.y;
  const double steps = ceilDiv(ceilDiv(convHalfDepth(conv), kConvHalfStepDepth), variant.slices);
  const double stepTime = variant.tilePixels + variant.tileChannels + 40.0;  // 40: waiting for the other warps
  const double rounds = ceilDiv(static_cast<uint64_t>(blocks), device.multiprocessorCount);
  const double ends = variant.tilePixels * variant.tileChannels * variant.slices / 32.0;
  return rounds * (stepTime * steps + ends) + 1000;
}

// The index of the quickest tile.
inline uint32_t convHalfBest(ConvHalfArguments conv, const ConvHalfDevice& device) {
  uint32_t best = 0;
  double bestTime = 0;
  for (uint32_t index = 0; index < kConvHalfVariantCount; ++index) {
    if (device.sharedBytesMax != 0 && convHalfSharedBytesMax(kConvHalfVariants[index]) > device.sharedBytesMax) continue;
    conv.variantIndex = index;
    const double time = convHalfModelTime(conv, device);
    if (bestTime != 0 && time >= bestTime) continue;
    best = index;
    bestTime = time;
  }
  return best;
}

}  // namespace hka::kernels
