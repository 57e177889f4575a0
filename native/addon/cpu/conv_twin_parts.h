// The two ways of convTwin(), and what both do to a sum.
#pragma once

#include <cmath>

#include "addon/cpu/conv_twin.h"

namespace hka::addon {

inline float convActivated(kernels::ConvActivation activation, float sum) {
  if (activation == kernels::ConvActivation::silu) return sum / (1.0F + std::exp(-sum));
  // Phrased so that a NaN passes through.
  return activation == kernels::ConvActivation::relu && sum < 0 ? 0.0F : sum;
}

BlockRange convDirectTwin(const kernels::ConvArguments& conv);
BlockRange convGemmTwin(const kernels::ConvArguments& conv);

}  // namespace hka::addon
