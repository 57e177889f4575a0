// The obviously right, slow convolution that both devices are checked against. Sums in double.
#pragma once

#include <cmath>

#include "kernels/conv/conv.h"

namespace hka::kernels {

namespace reference {

// Where an element lies in an array of that layout.
inline size_t placeOf(ConvLayout layout, size_t image, size_t channel, size_t y, size_t x, size_t channels, size_t height, size_t width) {
  if (layout == ConvLayout::nchw) return ((image * channels + channel) * height + y) * width + x;
  return ((image * height + y) * width + x) * channels + channel;
}

// The input pixel, or 0 in the padding.
inline double pixelAt(const ConvArguments& conv, size_t image, size_t channel, int64_t y, int64_t x) {
  if (y < 0 || x < 0 || y >= conv.height || x >= conv.width) return 0;
  return conv.input[placeOf(conv.layout, image, channel, static_cast<size_t>(y), static_cast<size_t>(x), conv.channelsIn, conv.height,
                            conv.width)];
}

inline double convAt(const ConvArguments& conv, size_t image, size_t channelOut, size_t y, size_t x) {
  double sum = conv.bias != nullptr ? conv.bias[channelOut] : 0;
  for (size_t channel = 0; channel < conv.channelsIn; ++channel) {
    for (size_t tapY = 0; tapY < conv.window; ++tapY) {
      for (size_t tapX = 0; tapX < conv.window; ++tapX) {
        const int64_t fromY = static_cast<int64_t>(y * conv.stride + tapY) - conv.padding;
        const int64_t fromX = static_cast<int64_t>(x * conv.stride + tapX) - conv.padding;
        const size_t weight = placeOf(conv.layout, channelOut, channel, tapY, tapX, conv.channelsIn, conv.window, conv.window);
        sum += conv.weights[weight] * pixelAt(conv, image, channel, fromY, fromX);
      }
    }
  }
  if (conv.activation == ConvActivation::silu) return sum / (1 + std::exp(-sum));
  // Phrased so that a NaN passes through.
  return conv.activation == ConvActivation::relu && sum < 0 ? 0 : sum;
}

}  // namespace reference

inline void convReference(const ConvArguments& conv) {
  const size_t height = convOutputSide(conv, conv.height);
  const size_t width = convOutputSide(conv, conv.width);
  for (size_t image = 0; image < conv.images; ++image) {
    for (size_t channel = 0; channel < conv.channelsOut; ++channel) {
      for (size_t pixel = 0; pixel < height * width; ++pixel) {
        const size_t place = reference::placeOf(conv.layout, image, channel, pixel / width, pixel % width, conv.channelsOut, height, width);
        conv.output[place] = static_cast<float>(reference::convAt(conv, image, channel, pixel / width, pixel % width));
      }
    }
  }
}

}  // namespace hka::kernels
