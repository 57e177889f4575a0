// The obviously right, slow GEMM that both devices are checked against. Sums in double, so that its own rounding does not count.
#pragma once

#include "kernels/gemm/gemm.h"

namespace hka::kernels {

inline void gemmReference(const GemmArguments& gemm) {
  for (size_t row = 0; row < gemm.rows; ++row) {
    for (size_t column = 0; column < gemm.columns; ++column) {
      double sum = 0;
      for (size_t k = 0; k < gemm.depth; ++k) {
        sum += static_cast<double>(gemm.a[row * gemm.depth + k]) * gemm.b[k * gemm.columns + column];
      }
      gemm.c[row * gemm.columns + column] = static_cast<float>(sum);
    }
  }
}

}  // namespace hka::kernels
