#include <algorithm>

#include "addon/cpu/conv_twin_parts.h"

namespace hka::addon {
namespace {

using kernels::ConvArguments;
using kernels::kConvHaloTile;
using kernels::kConvTile;

using HaloTile = float[kConvHaloTile][kConvHaloTile];

// Copies the square of one input channel that a block's windows reach; the padding is zero.
void loadHalo(HaloTile& halo, const ConvArguments& conv, const float* plane, int64_t firstY, int64_t firstX) {
  for (uint32_t row = 0; row < kConvHaloTile; ++row) {
    const int64_t y = firstY + row - 1;
    for (uint32_t column = 0; column < kConvHaloTile; ++column) {
      const int64_t x = firstX + column - 1;
      const bool isInside = y >= 0 && x >= 0 && y < conv.height && x < conv.width;
      halo[row][column] = isInside ? plane[y * conv.width + x] : 0.0F;
    }
  }
}

void addChannel(float (&sums)[kConvTile][kConvTile], const HaloTile& halo, const float* window) {
  for (uint32_t y = 0; y < kConvTile; ++y) {
    for (uint32_t tap = 0; tap < 9; ++tap) {
      const float weight = window[tap];
      const float* row = halo[y + tap / 3] + tap % 3;
      HKA_KEEP_LOOP
      for (uint32_t x = 0; x < kConvTile; ++x) sums[y][x] += weight * row[x];
    }
  }
}

void convBlock(const ConvArguments& conv, uint64_t blockX, uint64_t blockY, uint64_t plane) {
  const uint64_t image = plane / conv.channelsOut;
  const uint64_t channelOut = plane % conv.channelsOut;
  const uint64_t pixelCount = uint64_t{conv.height} * conv.width;
  const uint64_t firstY = blockY * kConvTile;
  const uint64_t firstX = blockX * kConvTile;
  alignas(64) float sums[kConvTile][kConvTile];
  std::fill(&sums[0][0], &sums[0][0] + kConvTile * kConvTile, conv.bias != nullptr ? conv.bias[channelOut] : 0.0F);
  HaloTile halo;
  for (uint64_t channel = 0; channel < conv.channelsIn; ++channel) {
    const float* input = conv.input + (image * conv.channelsIn + channel) * pixelCount;
    loadHalo(halo, conv, input, static_cast<int64_t>(firstY), static_cast<int64_t>(firstX));
    addChannel(sums, halo, conv.weights + (channelOut * conv.channelsIn + channel) * 9);
  }
  const uint64_t endY = std::min<uint64_t>(firstY + kConvTile, conv.height);
  const uint64_t writtenCount = std::min<uint64_t>(kConvTile, conv.width - firstX);
  for (uint64_t y = firstY; y < endY; ++y) {
    float* row = sums[y - firstY];
    for (uint64_t x = 0; x < writtenCount; ++x) row[x] = convActivated(conv.activation, row[x]);
    std::copy(row, row + writtenCount, conv.output + plane * pixelCount + y * conv.width + firstX);
  }
}

}  // namespace

BlockRange convDirectTwin(const ConvArguments& conv) {
  const kernels::Dim3 grid = kernels::convLaunch(conv).grid;
  return [conv, grid](uint64_t firstBlock, uint64_t endBlock) {
    for (uint64_t block = firstBlock; block < endBlock; ++block) {
      convBlock(conv, block % grid.x, block / grid.x % grid.y, block / grid.x / grid.y);
    }
  };
}

}  // namespace hka::addon
