// What one element becomes. `second` is the addend or the bias, and not read by the operations that have neither.
#pragma once

#include "kernels/elementwise/elementwise.h"

namespace hka::kernels {

// Phrased so that a NaN, for which every comparison is false, passes through.
__device__ inline float reluOf(float value) { return value < 0 ? 0.0F : value; }
// With the hardware's exponential and reciprocal. Where the exponential is inexact, far from 0, it hardly counts; where the sum is so
// large that the quotient is taken as 0, the value is below 1e-36.
__device__ inline float siluOf(float value) { return __fdividef(value, 1.0F + __expf(-value)); }

template <ElementwiseOperation kOperation>
__device__ float elementOf(float value, float second) {
  if constexpr (kOperation == ElementwiseOperation::relu) return reluOf(value);
  if constexpr (kOperation == ElementwiseOperation::silu) return siluOf(value);
  if constexpr (kOperation == ElementwiseOperation::add) return value + second;
  if constexpr (kOperation == ElementwiseOperation::addRelu) return reluOf(value + second);
  if constexpr (kOperation == ElementwiseOperation::biasSilu) return siluOf(value + second);
  return value;
}

}  // namespace hka::kernels
