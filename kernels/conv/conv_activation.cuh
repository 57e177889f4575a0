// What a sum becomes before it is written; the same for every thread of a launch, so that no warp parts.
#pragma once

#include "kernels/conv/conv_cuda.h"
#include "kernels/elementwise/elementwise_operation.cuh"

namespace hka::kernels {

__device__ inline float convActivated(ConvActivation activation, float sum) {
  if (activation == ConvActivation::relu) return reluOf(sum);
  return activation == ConvActivation::silu ? siluOf(sum) : sum;
}

}  // namespace hka::kernels
