#include <algorithm>
#include <cstring>

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

// Where the windows of a block's pixels begin, worked out once a block.
template <uint32_t kTile>
struct ConvOrigins {
  uint64_t image[kTile];
  int64_t y[kTile];
  int64_t x[kTile];
  uint32_t count;  // of pixels that there are

  ConvOrigins(const ConvArguments& conv, const ConvGrid& grid, uint64_t firstPixel)
      : count(static_cast<uint32_t>(std::min<uint64_t>(kTile, grid.pixelCount - firstPixel))) {
    for (uint32_t at = 0; at < count; ++at) {
      const uint64_t row = (firstPixel + at) / grid.outputWidth;  // of all images below one another
      image[at] = row / grid.outputHeight;
      y[at] = static_cast<int64_t>(row % grid.outputHeight * conv.stride) - conv.padding;
      x[at] = static_cast<int64_t>((firstPixel + at) % grid.outputWidth * conv.stride) - conv.padding;
    }
  }
};

// The inputs under tap `k` of the windows of all pixels, 0 in the padding. The depth is walked through as the weights lie.
template <uint32_t kTile>
void loadWindows(float (&windows)[kTile], const ConvArguments& conv, const ConvOrigins<kTile>& origins, uint32_t k) {
  const uint32_t taps = conv.window * conv.window;
  const bool isNchw = conv.layout == ConvLayout::nchw;
  const uint32_t tap = isNchw ? k % taps : k / conv.channelsIn;
  const uint64_t channel = isNchw ? k / taps : k % conv.channelsIn;
  const int64_t tapY = tap / conv.window;
  const int64_t tapX = tap % conv.window;
  const uint64_t planeCount = uint64_t{conv.height} * conv.width;
  const uint64_t pixelStride = isNchw ? 1 : conv.channelsIn;
  const uint64_t first = isNchw ? channel * planeCount : channel;
  for (uint32_t at = 0; at < origins.count; ++at) {
    const int64_t y = origins.y[at] + tapY;
    const int64_t x = origins.x[at] + tapX;
    const bool isInside = y >= 0 && x >= 0 && y < conv.height && x < conv.width;
    const uint64_t place = origins.image[at] * planeCount * conv.channelsIn + first;
    windows[at] = isInside ? conv.input[place + static_cast<uint64_t>(y * conv.width + x) * pixelStride] : 0.0F;
  }
  std::fill(windows + origins.count, windows + kTile, 0.0F);
}

template <uint32_t kTile>
void loadTiles(ConvTiles<kTile>& tiles, const ConvArguments& conv, const ConvGrid& grid, const ConvOrigins<kTile>& origins,
               uint64_t firstChannel, uint32_t firstDepth) {
  for (uint32_t step = 0; step < ConvTiles<kTile>::kDepth; ++step) {
    const uint32_t k = firstDepth + step;
    for (uint32_t at = 0; at < kTile; ++at) {
      const uint64_t channel = firstChannel + at;
      tiles.weights[step][at] = k < grid.depth && channel < conv.channelsOut ? conv.weights[channel * grid.depth + k] : 0.0F;
    }
    if (k < grid.depth) loadWindows(tiles.windows[step], conv, origins, k);
    else std::fill(tiles.windows[step], tiles.windows[step] + kTile, 0.0F);
  }
}

// Four lanes in one register, as every x86-64 and ARM64 has it.
typedef float Lanes __attribute__((vector_size(16)));
constexpr uint32_t kLaneCount = 4;
// Channels × registers of pixels whose sums stay in registers throughout a step of the depth: 8 of the 16 that there are.
constexpr uint32_t kHeldChannels = 2;
constexpr uint32_t kHeldLanes = 4;

// The first `channelCount` channels; the others of the tile are not there.
template <uint32_t kTile>
void multiply(float (&sums)[kTile][kTile], const ConvTiles<kTile>& tiles, uint32_t channelCount) {
  for (uint32_t channel = 0; channel < channelCount; channel += kHeldChannels) {
    for (uint32_t pixel = 0; pixel < kTile; pixel += kHeldLanes * kLaneCount) {
      Lanes held[kHeldChannels][kHeldLanes];
      for (uint32_t row = 0; row < kHeldChannels; ++row) std::memcpy(held[row], &sums[channel + row][pixel], sizeof(held[row]));
      for (uint32_t step = 0; step < ConvTiles<kTile>::kDepth; ++step) {
        Lanes windows[kHeldLanes];
        std::memcpy(windows, &tiles.windows[step][pixel], sizeof(windows));
        for (uint32_t row = 0; row < kHeldChannels; ++row) {
          const float weight = tiles.weights[step][channel + row];
          for (uint32_t lane = 0; lane < kHeldLanes; ++lane) held[row][lane] += weight * windows[lane];
        }
      }
      for (uint32_t row = 0; row < kHeldChannels; ++row) std::memcpy(&sums[channel + row][pixel], held[row], sizeof(held[row]));
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
      const ConvOrigins<kTile> origins(conv, grid, firstPixel);
      const auto channelCount = static_cast<uint32_t>(std::min<uint64_t>(kTile, conv.channelsOut - firstChannel));
      std::fill(&sums[0][0], &sums[0][0] + kTile * kTile, 0.0F);
      for (uint32_t firstDepth = 0; firstDepth < grid.depth; firstDepth += ConvTiles<kTile>::kDepth) {
        loadTiles(tiles, conv, grid, origins, firstChannel, firstDepth);
        multiply(sums, tiles, channelCount);
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
