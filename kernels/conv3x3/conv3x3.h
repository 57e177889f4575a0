// 3 × 3 convolution with bias, NCHW, stride 1, padding 1: output has the height and width of the input. Weights are
// channelsOut × channelsIn × 3 × 3. One block computes a 16 × 16 square of one output channel of one image.
#pragma once

#include "kernels/common/launch.h"

namespace hka::kernels {

struct ConvArguments {
  const float* input = nullptr;
  const float* weights = nullptr;
  const float* bias = nullptr;  // channelsOut
  float* output = nullptr;
  uint32_t images = 0;
  uint32_t channelsIn = 0;
  uint32_t channelsOut = 0;
  uint32_t height = 0;
  uint32_t width = 0;
};

constexpr uint32_t kConvTile = 16;
constexpr uint32_t kConvHaloTile = kConvTile + 2;  // one pixel more on each side, because the window reaches there

inline Launch convLaunch(const ConvArguments& conv) {
  Launch launch;
  launch.name = "conv3x3";
  launch.grid = {ceilDiv(conv.width, kConvTile), ceilDiv(conv.height, kConvTile), conv.images * conv.channelsOut};
  launch.block = {kConvTile, kConvTile, 1};
  launch.staticSharedBytes = kConvHaloTile * kConvHaloTile * static_cast<uint32_t>(sizeof(float));
  return launch;
}

// One multiplication and one addition for each tap of the window; the bias is not counted.
inline double convFlops(const ConvArguments& conv) {
  return 2.0 * 9 * conv.images * conv.channelsIn * conv.channelsOut * conv.height * conv.width;
}

inline double convBytes(const ConvArguments& conv) {
  const double pixels = 1.0 * conv.images * conv.height * conv.width;
  return sizeof(float) * (pixels * conv.channelsIn + pixels * conv.channelsOut + 9.0 * conv.channelsIn * conv.channelsOut + conv.channelsOut);
}

}  // namespace hka::kernels
