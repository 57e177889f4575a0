// The obviously right, slow convolution that both devices are checked against. Sums in double.
#pragma once

#include "kernels/conv3x3/conv3x3.h"

namespace hka::kernels {

namespace reference {

// The input pixel, or 0 in the padding.
inline double pixelAt(const ConvArguments& conv, size_t image, size_t channel, int64_t y, int64_t x) {
  if (y < 0 || x < 0 || y >= conv.height || x >= conv.width) return 0;
  return conv.input[((image * conv.channelsIn + channel) * conv.height + y) * conv.width + x];
}

inline double convAt(const ConvArguments& conv, size_t image, size_t channelOut, int64_t y, int64_t x) {
  double sum = conv.bias[channelOut];
  for (size_t channel = 0; channel < conv.channelsIn; ++channel) {
    const float* window = conv.weights + (channelOut * conv.channelsIn + channel) * 9;
    for (int64_t tap = 0; tap < 9; ++tap) {
      sum += window[tap] * pixelAt(conv, image, channel, y + tap / 3 - 1, x + tap % 3 - 1);
    }
  }
  return sum;
}

}  // namespace reference

inline void convReference(const ConvArguments& conv) {
  for (size_t image = 0; image < conv.images; ++image) {
    for (size_t channel = 0; channel < conv.channelsOut; ++channel) {
      float* plane = conv.output + (image * conv.channelsOut + channel) * conv.height * conv.width;
      for (size_t pixel = 0; pixel < size_t{conv.height} * conv.width; ++pixel) {
        plane[pixel] = static_cast<float>(reference::convAt(conv, image, channel, pixel / conv.width, pixel % conv.width));
      }
    }
  }
}

}  // namespace hka::kernels
