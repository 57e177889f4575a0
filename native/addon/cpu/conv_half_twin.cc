#include "addon/cpu/conv_half_twin.h"

#include <algorithm>

#include "addon/cpu/conv_twin_parts.h"
#include "kernels/common/half_bits.h"

namespace hka::addon {
namespace {

using kernels::ConvHalfArguments;
using kernels::ConvHalfVariant;

constexpr uint32_t kTilePixelsMax = 256;
constexpr uint32_t kTileChannelsMax = 128;
constexpr uint32_t kStepDepth = kernels::kConvHalfStepDepth;

constexpr bool doVariantsFit() {
  for (const ConvHalfVariant& variant : kernels::kConvHalfVariants) {
    if (variant.tilePixels > int{kTilePixelsMax} || variant.tileChannels > int{kTileChannelsMax}) return false;
  }
  return true;
}
static_assert(doVariantsFit());

// What a block keeps in shared memory and registers. One a thread, because this is much for a stack.
struct Tiles {
  alignas(64) float windows[kTilePixelsMax][kStepDepth];
  alignas(64) float weights[kStepDepth][kTileChannelsMax];
  alignas(64) float sums[kTilePixelsMax][kTileChannelsMax];
};
thread_local Tiles tiles;

struct TileSize {
  uint32_t pixels;    // that there are
  uint32_t channels;  //
  uint64_t firstPixel;
  uint32_t firstChannel;
};

// The inputs of one pixel's window from `firstDepth` on, as floats, chunk by chunk: a chunk lies within one tap. 0 in the padding.
void loadWindow(float* target, const ConvHalfArguments& conv, uint64_t pixel, uint32_t firstDepth, uint32_t depthCount) {
  const uint64_t width = kernels::convHalfSide(conv, conv.width);
  const uint64_t height = kernels::convHalfSide(conv, conv.height);
  const uint64_t image = pixel / width / height;
  const int64_t firstY = static_cast<int64_t>(pixel / width % height * conv.stride) - conv.padding;
  const int64_t firstX = static_cast<int64_t>(pixel % width * conv.stride) - conv.padding;
  for (uint32_t at = 0; at < depthCount; at += kernels::kConvHalfChunk) {
    const uint32_t tap = (firstDepth + at) / conv.channelsIn;
    const uint32_t channel = (firstDepth + at) % conv.channelsIn;
    const int64_t y = firstY + tap / conv.window;
    const int64_t x = firstX + tap % conv.window;
    if (y < 0 || x < 0 || y >= conv.height || x >= conv.width) {
      std::fill(target + at, target + at + kernels::kConvHalfChunk, 0.0F);
      continue;
    }
    const uint64_t from = (image * conv.height + static_cast<uint64_t>(y)) * conv.width + static_cast<uint64_t>(x);
    const uint16_t* const source = conv.input + from * conv.inputPitch + channel;
    for (uint32_t half = 0; half < kernels::kConvHalfChunk; ++half) target[at + half] = kernels::floatFromHalf(source[half]);
  }
}

void addStep(const ConvHalfArguments& conv, const TileSize& size, uint32_t firstDepth) {
  const uint32_t depth = kernels::convHalfDepth(conv);
  const uint32_t depthCount = std::min(kStepDepth, depth - firstDepth);
  for (uint32_t pixel = 0; pixel < size.pixels; ++pixel) {
    loadWindow(tiles.windows[pixel], conv, size.firstPixel + pixel, firstDepth, depthCount);
  }
  for (uint32_t channel = 0; channel < size.channels; ++channel) {
    const uint16_t* const source = conv.weights + uint64_t{size.firstChannel + channel} * depth + firstDepth;
    for (uint32_t k = 0; k < depthCount; ++k) tiles.weights[k][channel] = kernels::floatFromHalf(source[k]);
  }
  for (uint32_t pixel = 0; pixel < size.pixels; ++pixel) {
    float* const sums = tiles.sums[pixel];
    for (uint32_t k = 0; k < depthCount; ++k) {
      const float window = tiles.windows[pixel][k];
      const float* const weights = tiles.weights[k];
      for (uint32_t channel = 0; channel < size.channels; ++channel) sums[channel] += window * weights[channel];
    }
  }
}

void writeSums(const ConvHalfArguments& conv, const TileSize& size) {
  for (uint32_t at = 0; at < size.pixels; ++at) {
    const uint64_t pixel = size.firstPixel + at;
    for (uint32_t column = 0; column < size.channels; ++column) {
      const uint32_t channel = size.firstChannel + column;
      const float sum = tiles.sums[at][column] + (conv.bias != nullptr ? conv.bias[channel] : 0.0F);
      float value = convActivated(conv.activation, sum);
      if (conv.residual != nullptr) value += kernels::floatFromHalf(conv.residual[pixel * conv.residualPitch + channel]);
      const uint64_t place = pixel * conv.outputPitch + channel;
      if (conv.isFloatOutput) static_cast<float*>(conv.output)[place] = value;
      else static_cast<uint16_t*>(conv.output)[place] = kernels::halfFromFloat(value);
    }
  }
}

}  // namespace

BlockRange convHalfTwin(const ConvHalfArguments& conv) {
  const kernels::Launch launch = kernels::convHalfLaunch(conv);
  return [conv, across = uint64_t{launch.grid.x}](uint64_t firstBlock, uint64_t endBlock) {
    const ConvHalfVariant& variant = kernels::convHalfVariant(conv);
    for (uint64_t block = firstBlock; block < endBlock; ++block) {
      TileSize size;
      size.firstPixel = block % across * static_cast<uint64_t>(variant.tilePixels);
      size.firstChannel = static_cast<uint32_t>(block / across) * static_cast<uint32_t>(variant.tileChannels);
      size.pixels = static_cast<uint32_t>(std::min<uint64_t>(variant.tilePixels, kernels::convHalfPixels(conv) - size.firstPixel));
      size.channels = std::min(static_cast<uint32_t>(variant.tileChannels), conv.channelsOut - size.firstChannel);
      std::fill(&tiles.sums[0][0], &tiles.sums[0][0] + kTilePixelsMax * kTileChannelsMax, 0.0F);
      for (uint32_t k = 0; k < kernels::convHalfDepth(conv); k += kStepDepth) addStep(conv, size, k);
      writeSums(conv, size);
    }
  };
}

}  // namespace hka::addon
