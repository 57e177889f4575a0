// The obviously right versions that both devices are checked against, in double.
#pragma once

#include <cmath>
#include <limits>

#include "kernels/tensor/max_pool.h"
#include "kernels/tensor/tensor.h"

namespace hka::kernels {

inline void tensorReference(const TensorArguments& tensor) {
  for (uint32_t index = 0; index < tensor.count; ++index) {
    const TensorPlace place = tensorPlaceOf(tensor, index);
    const double value = tensor.input[place.input];
    const double second = readsSecond(tensor.operation) ? tensor.second[place.second] : 0;
    double result = value;
    switch (tensor.operation) {
      case TensorOperation::copy: break;
      case TensorOperation::sigmoid: result = 1 / (1 + std::exp(-value)); break;
      case TensorOperation::add: result = value + second; break;
      case TensorOperation::sub: result = value - second; break;
      case TensorOperation::mul: result = value * second; break;
      case TensorOperation::div: result = value / second; break;
    }
    tensor.output[place.output] = static_cast<float>(result);
  }
}

namespace reference {

inline float largestUnder(const MaxPoolArguments& pool, const float* plane, int64_t firstY, int64_t firstX) {
  float largest = -std::numeric_limits<float>::infinity();
  for (int64_t y = firstY; y < firstY + pool.window; ++y) {
    for (int64_t x = firstX; x < firstX + pool.window; ++x) {
      if (y < 0 || x < 0 || y >= pool.height || x >= pool.width) continue;
      const float value = plane[y * pool.width + x];
      if (std::isnan(value)) return value;
      if (value > largest) largest = value;
    }
  }
  return largest;
}

}  // namespace reference

inline void maxPoolReference(const MaxPoolArguments& pool) {
  const uint32_t height = maxPoolSide(pool, pool.height);
  const uint32_t width = maxPoolSide(pool, pool.width);
  float* output = pool.output;
  for (size_t plane = 0; plane < pool.planes; ++plane) {
    const float* input = pool.input + plane * pool.height * pool.width;
    for (uint32_t y = 0; y < height; ++y) {
      for (uint32_t x = 0; x < width; ++x) {
        *output++ = reference::largestUnder(pool, input, int64_t{y} * pool.stride - pool.padding, int64_t{x} * pool.stride - pool.padding);
      }
    }
  }
}

}  // namespace hka::kernels
