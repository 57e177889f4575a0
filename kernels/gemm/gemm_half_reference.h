// The obviously right, slow half GEMM that every variant is checked against: products and sums in double, which holds each product of
// two halves exactly, and one rounding at the end.
#pragma once

#include "kernels/common/half_bits.h"
#include "kernels/gemm/gemm_half.h"

namespace hka::kernels {

// Writes rows × columns halves or floats to gemm.c; all addresses are host memory.
inline void gemmHalfReference(const GemmHalfArguments& gemm) {
  for (size_t row = 0; row < gemm.rows; ++row) {
    for (size_t column = 0; column < gemm.columns; ++column) {
      double sum = 0;
      for (size_t k = 0; k < gemm.depth; ++k) {
        sum += static_cast<double>(floatFromHalf(gemm.a[row * gemm.depth + k])) * floatFromHalf(gemm.b[k * gemm.columns + column]);
      }
      const size_t index = row * gemm.columns + column;
      if (gemm.isFloatOutput) static_cast<float*>(gemm.c)[index] = static_cast<float>(sum);
      else static_cast<uint16_t*>(gemm.c)[index] = halfFromFloat(static_cast<float>(sum));
    }
  }
}

}  // namespace hka::kernels
