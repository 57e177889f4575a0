// The obviously right, slow version that both devices are checked against: positions and sums in double.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "kernels/preprocess/preprocess.h"

namespace hka::kernels {

namespace reference {

inline double sourcePosition(double position, double source, double content) { return (position + 0.5) * source / content - 0.5; }

// The value between the four pixels around (x, y); pixels outside the picture are those at its edge.
inline double bilinear(const PreprocessArguments& preprocess, size_t image, size_t channel, double x, double y) {
  const auto at = [&](double column, double row) {
    const auto columnInside = static_cast<size_t>(std::clamp(column, 0.0, preprocess.sourceWidth - 1.0));
    const auto rowInside = static_cast<size_t>(std::clamp(row, 0.0, preprocess.sourceHeight - 1.0));
    const size_t pixel = (image * preprocess.sourceHeight + rowInside) * preprocess.sourceWidth + columnInside;
    return static_cast<double>(preprocess.input[pixel * 3 + channel]);
  };
  const double left = std::floor(x);
  const double top = std::floor(y);
  const double above = at(left, top) * (left + 1 - x) + at(left + 1, top) * (x - left);
  const double below = at(left, top + 1) * (left + 1 - x) + at(left + 1, top + 1) * (x - left);
  return above * (top + 1 - y) + below * (y - top);
}

inline double preprocessAt(const PreprocessArguments& preprocess, size_t image, size_t channel, size_t x, size_t y) {
  const PreprocessContent content = preprocessContent(preprocess);
  if (x < content.left || y < content.top || x >= content.left + content.width || y >= content.top + content.height) {
    return preprocess.padValue;
  }
  return bilinear(preprocess, image, preprocess.swapsRedBlue ? 2 - channel : channel,
                  sourcePosition(static_cast<double>(x - content.left), preprocess.sourceWidth, content.width),
                  sourcePosition(static_cast<double>(y - content.top), preprocess.sourceHeight, content.height));
}

}  // namespace reference

inline void preprocessReference(const PreprocessArguments& preprocess) {
  float* output = preprocess.output;
  for (size_t image = 0; image < preprocess.images; ++image) {
    for (size_t channel = 0; channel < 3; ++channel) {
      for (size_t y = 0; y < preprocess.targetHeight; ++y) {
        for (size_t x = 0; x < preprocess.targetWidth; ++x) {
          const double value = reference::preprocessAt(preprocess, image, channel, x, y);
          *output++ = static_cast<float>((value - preprocess.mean[channel]) * preprocess.scale[channel]);
        }
      }
    }
  }
}

}  // namespace hka::kernels
