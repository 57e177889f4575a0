// The obviously right versions that both devices are checked against, in double.
#pragma once

#include <cmath>
#include <cstddef>

#include "kernels/elementwise/elementwise.h"

namespace hka::kernels {

namespace reference {

// Phrased so that a NaN, for which every comparison is false, passes through.
inline double relu(double value) { return value < 0 ? 0 : value; }
inline double silu(double value) { return value / (1 + std::exp(-value)); }

}  // namespace reference

inline void elementwiseReference(const ElementwiseArguments& elementwise) {
  for (size_t index = 0; index < elementwise.count; ++index) {
    const double value = elementwise.input[index];
    double result = 0;
    switch (elementwise.operation) {
      case ElementwiseOperation::relu: result = reference::relu(value); break;
      case ElementwiseOperation::silu: result = reference::silu(value); break;
      case ElementwiseOperation::add: result = value + elementwise.addend[index]; break;
      case ElementwiseOperation::addRelu: result = reference::relu(value + elementwise.addend[index]); break;
      case ElementwiseOperation::biasSilu:
        result = reference::silu(value + elementwise.bias[index % elementwise.columns]);
        break;
    }
    elementwise.output[index] = static_cast<float>(result);
  }
}

}  // namespace hka::kernels
