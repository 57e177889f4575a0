#include <algorithm>

#include "addon/cpu/conv_twin_parts.h"

namespace hka::addon {
namespace {

using kernels::ConvArguments;
using kernels::ConvLayout;

struct ConvGrid {
  uint32_t x;
  uint64_t pixelCount;
  uint32_t outputHeight;
  uint32_t outputWidth;
  uint32_t depth;
};

// One of both operands, one step deep.
template <uint32_t kTile>
struct ConvTiles {
  static constexpr uint32_t kDepth = kernels::convTileDepth(kTile);
  alignas(64) float weights[kDepth][kTile];
  alignas(64) float windows[kDepth][kTile];
};

// The input under tap `k` of the window of an output pixel, or 0 in the padding. The depth is walked through as the weights lie.
float windowAt(const ConvArguments& conv, const ConvGrid& grid, uint64_t pixel, uint32_t k) {
  const uint32_t taps = conv.window * conv.window;
  const bool isNchw = conv.layout == ConvLayout::nchw;
  const uint32_t tap = isNchw ? k % taps : k / conv.channelsIn;
  const uint64_t channel = isNchw ? k / taps : k % conv.channelsIn;
  const uint64_t image = pixel / grid.outputWidth / grid.outputHeight;
  const int64_t y = static_cast<int64_t>(pixel / grid.outputWidth % grid.outputHeight * conv.stride + tap / conv.window) - conv.padding;
  const int64_t x = static_cast<int64_t>(pixel % grid.outputWidth * conv.stride + tap % conv.window) - conv.padding;
  if (y < 0 || x < 0 || y >= conv.height || x >= conv.width) return 0;
  if (isNchw) return conv.input[((image * conv.channelsIn + channel) * conv.height + y) * conv.width + x];
  return conv.input[((image * conv.height + y) * conv.width + x) * conv.channelsIn + channel];
}

template <uint32_t kTile>
void loadTiles(ConvTiles<kTile>& tiles, const ConvArguments& conv, const ConvGrid& grid, uint64_t firstPixel, uint64_t firstChannel,
               uint32_t firstDepth) {
  for (uint32_t step = 0; step < ConvTiles<kTile>::kDepth; ++step) {
    const uint32_t k = firstDepth + step;
    for (uint32_t at = 0; at < kTile; ++at) {
      const uint64_t channel = firstChannel + at;
      const uint64_t pixel = firstPixel + at;
      tiles.weights[step][at] = k < grid.depth && channel < conv.channelsOut ? conv.weights[channel * grid.depth + k] : 0.0F;
      tiles.windows[step][at] = k < grid.depth && pixel < grid.pixelCount ? windowAt(conv, grid, pixel, k) : 0.0F;
    }
  }
}

template <uint32_t kTile>
void multiply(float (&sums)[kTile][kTile], const ConvTiles<kTile>& tiles) {
  for (uint32_t step = 0; step < ConvTiles<kTile>::kDepth; ++step) {
    for (uint32_t channel = 0; channel < kTile; ++channel) {
      const float weight = tiles.weights[step][channel];
      HKA_KEEP_LOOP
      for (uint32_t pixel = 0; pixel < kTile; ++pixel) sums[channel][pixel] += weight * tiles.windows[step][pixel];
    }
  }
}

template <uint32_t kTile>
void writeSums(const ConvArguments& conv, const ConvGrid& grid, const float (&sums)[kTile][kTile], uint64_t firstPixel,
               uint64_t firstChannel) {
  const uint64_t planeCount = uint64_t{grid.outputHeight} * grid.outputWidth;
  const uint64_t channelEnd = std::min<uint64_t>(firstChannel + kTile, conv.channelsOut);
  const uint64_t pixelEnd = std::min<uint64_t>(firstPixel + kTile, grid.pixelCount);
  for (uint64_t channel = firstChannel; channel < channelEnd; ++channel) {
    for (uint64_t pixel = firstPixel; pixel < pixelEnd; ++pixel) {
      const float sum = sums[channel - firstChannel][pixel - firstPixel] + (conv.bias != nullptr ? conv.bias[channel] : 0.0F);
      const uint64_t image = pixel / planeCount;
      const uint64_t place = conv.layout == ConvLayout::nchw ? (image * conv.channelsOut + channel) * planeCount + pixel % planeCount
                                                             : pixel * conv.channelsOut + channel;
      conv.output[place] = convActivated(conv.activation, sum);
    }
  }
}

template <uint32_t kTile>
BlockRange convOfTile(const ConvArguments& conv) {
  const ConvGrid grid = {kernels::convLaunch(conv).grid.x, kernels::convPixels(conv), convOutputSide(conv, conv.height),
                         convOutputSide(conv, conv.width), conv.channelsIn * conv.window * conv.window};
  return [conv, grid](uint64_t firstBlock, uint64_t endBlock) {
    alignas(64) float sums[kTile][kTile];
    ConvTiles<kTile> tiles;
    for (uint64_t block = firstBlock; block < endBlock; ++block) {
      const uint64_t firstPixel = block % grid.x * kTile;
      const uint64_t firstChannel = block / grid.x * kTile;
      std::fill(&sums[0][0], &sums[0][0] + kTile * kTile, 0.0F);
      for (uint32_t firstDepth = 0; firstDepth < grid.depth; firstDepth += ConvTiles<kTile>::kDepth) {
        loadTiles(tiles, conv, grid, firstPixel, firstChannel, firstDepth);
        multiply(sums, tiles);
      }
      writeSums(conv, grid, sums, firstPixel, firstChannel);
    }
  };
}

}  // namespace

BlockRange convGemmTwin(const ConvArguments& conv) {
  return kernels::convTileOf(conv.variant) == 64 ? convOfTile<64>(conv) : convOfTile<128>(conv);
}

BlockRange convTwin(const ConvArguments& conv) {
  return conv.variant == kernels::ConvVariant::direct ? convDirectTwin(conv) : convGemmTwin(conv);
}

}  // namespace hka::addon
