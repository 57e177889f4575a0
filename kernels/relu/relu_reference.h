// The obviously right ReLU that both devices are checked against.
#pragma once

#include <cstddef>

#include "kernels/relu/relu.h"

namespace hka::kernels {

inline void reluReference(const ReluArguments& relu) {
  for (size_t index = 0; index < relu.count; ++index) {
    const float value = relu.input[index];
    // Phrased so that a NaN, for which every comparison is false, passes through.
    relu.output[index] = value < 0 ? 0 : value;
  }
}

}  // namespace hka::kernels
