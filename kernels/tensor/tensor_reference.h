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
    const double value = tensorElementAt(tensor.input, tensor.inputElement, place.input);
    const double second = readsSecond(tensor.operation) ? tensorElementAt(tensor.second, tensor.inputElement, place.second) : 0;
    double result = value;
    switch (tensor.operation) {
      case TensorOperation::copy: break;
      case TensorOperation::sigmoid: result = 1 / (1 + std::exp(-value)); break;
      case TensorOperation::add: result = value + second; break;
      case TensorOperation::sub: result = value - second; break;
      case TensorOperation::mul: result = value * second; break;
      case TensorOperation::div: result = value / second; break;
    }
    setTensorElement(tensor.output, tensor.outputElement, place.output, static_cast<float>(result));
  }
}

namespace reference {

// Where number `channel` of a pixel lies in an array of pixels `pitch` apart, or in planes of floats.
inline float poolInputAt(const MaxPoolArguments& pool, size_t plane, size_t channel, size_t y, size_t x) {
  const size_t pixel = (plane * pool.height + y) * pool.width + x;
  if (pool.channels == 0) return static_cast<const float*>(pool.input)[pixel];
  return floatFromHalf(static_cast<const uint16_t*>(pool.input)[pixel * pool.inputPitch + channel]);
}

inline float largestUnder(const MaxPoolArguments& pool, size_t plane, size_t channel, int64_t firstY, int64_t firstX) {
  float largest = -std::numeric_limits<float>::infinity();
  for (int64_t y = firstY; y < firstY + pool.window; ++y) {
    for (int64_t x = firstX; x < firstX + pool.window; ++x) {
      if (y < 0 || x < 0 || y >= pool.height || x >= pool.width) continue;
      const float value = poolInputAt(pool, plane, channel, static_cast<size_t>(y), static_cast<size_t>(x));
      if (std::isnan(value)) return value;
      if (value > largest) largest = value;
    }
  }
  return largest;
}

}  // namespace reference

inline void maxPoolReference(const MaxPoolArguments& pool) {
  const size_t height = maxPoolSide(pool, pool.height);
  const size_t width = maxPoolSide(pool, pool.width);
  for (size_t pixel = 0; pixel < maxPoolPixels(pool); ++pixel) {
    const int64_t firstY = static_cast<int64_t>(pixel / width % height * pool.stride) - pool.padding;
    const int64_t firstX = static_cast<int64_t>(pixel % width * pool.stride) - pool.padding;
    for (size_t channel = 0; channel < (pool.channels == 0 ? 1 : pool.channels); ++channel) {
      const float largest = reference::largestUnder(pool, pixel / width / height, channel, firstY, firstX);
      if (pool.channels == 0) static_cast<float*>(pool.output)[pixel] = largest;
      else static_cast<uint16_t*>(pool.output)[pixel * pool.outputPitch + channel] = halfFromFloat(largest);
    }
  }
}

}  // namespace hka::kernels
