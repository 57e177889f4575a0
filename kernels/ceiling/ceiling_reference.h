// What the ceiling kernels leave in the output.
#pragma once

#include <cstddef>

#include "kernels/ceiling/ceiling.h"

namespace hka::kernels {

inline void ceilingReference(const CeilingArguments& ceiling) {
  for (size_t index = 0; index < ceiling.count; ++index) {
    if (ceiling.operation == CeilingOperation::copy) {
      ceiling.output[index] = ceiling.input[index];
      continue;
    }
    double sum = 0;
    for (uint32_t chain = 0; chain < kFmaChains; ++chain) {
      double value = static_cast<double>(index % kFmaThreads + chain);
      for (uint32_t round = 0; round < ceiling.rounds; ++round) value = value * kFmaFactor + kFmaAddend;
      sum += value;
    }
    ceiling.output[index] = static_cast<float>(sum);
  }
}

}  // namespace hka::kernels
