// Which tile and how many splits to take for a shape.
#pragma once

#include "kernels/conv_half/conv_half.h"

namespace hka::kernels {

struct ConvHalfChoice {
  uint32_t variantIndex;
  uint32_t splits;
};

struct ConvHalfDevice {
  uint32_t multiprocessorCount;
  bool hasClusters;  // compute capability 9.0
};

// Steps of the depth that a multiprocessor spends: what all blocks move through shared memory, where the device is full, and how long one
// block takes from its first step to its last, where it is not.
inline double convHalfModelTime(const ConvHalfArguments& conv, const ConvHalfDevice& device) {
  const ConvHalfVariant& variant = convHalfVariant(conv);
  const Launch launch = convHalfLaunch(conv);
  const double blocks = 1.0 * launch.grid.x * launch.grid.y * launch.grid.z;
  const double steps = ceilDiv(ceilDiv(convHalfDepth(conv), kConvHalfStepDepth), conv.splits);
  const double stepTime = variant.tilePixels + variant.tileChannels + 40.0;  // 40: waiting for the other warps
  const double rounds = ceilDiv(static_cast<uint64_t>(blocks), device.multiprocessorCount);
  const double ends = variant.tilePixels * variant.tileChannels * variant.slices / 32.0 + (conv.splits > 1 ? 800 : 0);
  return rounds * (stepTime * steps + ends) + 1000;
}

inline ConvHalfChoice convHalfBest(ConvHalfArguments conv, const ConvHalfDevice& device) {
  ConvHalfChoice best = {0, 1};
  double bestTime = 0;
  for (uint32_t index = 0; index < kConvHalfVariantCount; ++index) {
    for (uint32_t splits = 1; splits <= (device.hasClusters ? kConvHalfSplitsMax : 1); splits *= 2) {
      conv.variantIndex = index;
      conv.splits = splits;
      const double time = convHalfModelTime(conv, device);
      if (bestTime != 0 && time >= bestTime) continue;
      best = {index, splits};
      bestTime = time;
    }
  }
  return best;
}

}  // namespace hka::kernels
