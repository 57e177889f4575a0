// The obviously right, slow half convolution that both devices are checked against: products and sums in double, one rounding at the end.
#pragma once

#include <cmath>

#include "kernels/common/half_bits.h"
#include "kernels/conv_half/conv_half.h"

namespace hka::kernels {

namespace reference {

// One sum with all that is done to it. Taps in the padding are zeros, which an infinite weight still turns into NaN.
inline double convHalfAt(const ConvHalfArguments& conv, size_t image, size_t y, size_t x, size_t channelOut) {
  double sum = conv.bias != nullptr ? conv.bias[channelOut] : 0;
  const uint16_t* weight = conv.weights + channelOut * convHalfDepth(conv);
  for (size_t tap = 0; tap < conv.window * conv.window; ++tap, weight += conv.channelsIn) {
    const int64_t fromY = static_cast<int64_t>(y * conv.stride + tap / conv.window) - conv.padding;
    const int64_t fromX = static_cast<int64_t>(x * conv.stride + tap % conv.window) - conv.padding;
    const bool isInside = fromY >= 0 && fromX >= 0 && fromY < conv.height && fromX < conv.width;
    const size_t pixel = isInside ? (image * conv.height + static_cast<size_t>(fromY)) * conv.width + static_cast<size_t>(fromX) : 0;
    for (size_t channel = 0; channel < conv.channelsIn; ++channel) {
      const double input = isInside ? floatFromHalf(conv.input[pixel * conv.inputPitch + channel]) : 0;
      sum += input * floatFromHalf(weight[channel]);
    }
  }
  if (conv.activation == ConvActivation::silu) return sum / (1 + std::exp(-sum));
  // Phrased so that a NaN passes through.
  return conv.activation == ConvActivation::relu && sum < 0 ? 0 : sum;
}

}  // namespace reference

inline void convHalfReference(const ConvHalfArguments& conv) {
  const size_t height = convHalfSide(conv, conv.height);
  const size_t width = convHalfSide(conv, conv.width);
  for (size_t pixel = 0; pixel < convHalfPixels(conv); ++pixel) {
    for (size_t channel = 0; channel < conv.channelsOut; ++channel) {
      double value = reference::convHalfAt(conv, pixel / width / height, pixel / width % height, pixel % width, channel);
      if (conv.residual != nullptr) value += floatFromHalf(conv.residual[pixel * conv.residualPitch + channel]);
      const size_t place = pixel * conv.outputPitch + channel;
      if (conv.isFloatOutput) static_cast<float*>(conv.output)[place] = static_cast<float>(value);
      else static_cast<uint16_t*>(conv.output)[place] = halfFromFloat(static_cast<float>(value));
    }
  }
}

}  // namespace hka::kernels
