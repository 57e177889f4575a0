// The obviously right, slow softmax that both devices are checked against. Sums in double.
#pragma once

#include <algorithm>
#include <cmath>

#include "kernels/softmax/softmax.h"

namespace hka::kernels {

inline void softmaxReference(const SoftmaxArguments& softmax) {
  for (size_t row = 0; row < softmax.rows; ++row) {
    const float* in = softmax.input + row * softmax.columns;
    float* out = softmax.output + row * softmax.columns;
    const double largest = *std::max_element(in, in + softmax.columns);
    double sum = 0;
    for (size_t column = 0; column < softmax.columns; ++column) sum += std::exp(in[column] - largest);
    for (size_t column = 0; column < softmax.columns; ++column) {
      out[column] = static_cast<float>(std::exp(in[column] - largest) / sum);
    }
  }
}

}  // namespace hka::kernels
