// Convolution of a batch of images, float32, windows of 1 × 1 or 3 × 3, any stride and padding, with bias and ReLU or SiLU fused in. Two layouts,
// of which each keeps its weights in the order in which a window is walked through:
//   nchw: images × channels × height × width, weights channelsOut × channelsIn × window × window
//   nhwc: images × height × width × channels, weights channelsOut × window × window × channelsIn
// Two ways: "direct" computes 16 × 16 pixels of one output channel (nchw, 3 × 3, stride 1, padding 1), the tiles see the convolution as
// a matrix product of weights (channelsOut × depth) and windows (depth × pixels) that is never written to memory: implicit GEMM.
#pragma once

#include "kernels/common/host_device.h"
#include "kernels/common/launch.h"

namespace hka::kernels {

enum class ConvVariant : uint32_t { direct, tile64, tile128 };
constexpr const char* kConvVariants[] = {"direct", "tile_64", "tile_128"};

enum class ConvLayout : uint32_t { nchw, nhwc };
constexpr const char* kConvLayouts[] = {"nchw", "nhwc"};

// What is done to each sum, bias included, before it is written.
enum class ConvActivation : uint32_t { none, relu, silu };
constexpr const char* kConvActivations[] = {"none", "relu", "silu"};

struct ConvArguments {
  const float* input = nullptr;
  const float* weights = nullptr;
  const float* bias = nullptr;  // channelsOut; nullptr: none
  float* output = nullptr;      // with convOutputSide() as height and width
  uint32_t images = 0;
  uint32_t channelsIn = 0;
  uint32_t channelsOut = 0;
  uint32_t height = 0;
  uint32_t width = 0;
  uint32_t window = 3;  // 1 or 3: its side
  uint32_t stride = 1;
  uint32_t padding = 1;  // pixels of zero on each side
  ConvActivation activation = ConvActivation::none;
  ConvLayout layout = ConvLayout::nchw;
  ConvVariant variant = ConvVariant::direct;
};

constexpr uint32_t kConvTile = 16;
constexpr uint32_t kConvHaloTile = kConvTile + 2;  // one pixel more on each side, because the window reaches there
constexpr uint32_t kConvGemmThreads = 256;

// Channels and pixels that a block of an implicit GEMM computes, and how deep a step is: a tile of each operand has 1024 elements.
HKA_HOST_DEVICE constexpr uint32_t convTileDepth(uint32_t tile) { return 1024 / tile; }

inline uint32_t convTileOf(ConvVariant variant) { return variant == ConvVariant::tile64 ? 64 : 128; }

// The window must fit into the padded side.
HKA_HOST_DEVICE inline uint32_t convOutputSide(const ConvArguments& conv, uint32_t side) {
  return (side + 2 * conv.padding - conv.window) / conv.stride + 1;
}

// Whether "direct" can compute it.
inline bool isConvDirect(const ConvArguments& conv) {
  return conv.window == 3 && conv.stride == 1 && conv.padding == 1 && conv.layout == ConvLayout::nchw;
}

inline uint64_t convPixels(const ConvArguments& conv) {
  return uint64_t{conv.images} * convOutputSide(conv, conv.height) * convOutputSide(conv, conv.width);
}

inline Launch convLaunch(const ConvArguments& conv) {
  Launch launch;
  if (conv.variant == ConvVariant::direct) {
    launch.name = "conv3x3";
    launch.grid = {ceilDiv(conv.width, kConvTile), ceilDiv(conv.height, kConvTile), conv.images * conv.channelsOut};
    launch.block = {kConvTile, kConvTile, 1};
    launch.staticSharedBytes = kConvHaloTile * kConvHaloTile * static_cast<uint32_t>(sizeof(float));
    return launch;
  }
  const uint32_t tile = convTileOf(conv.variant);
  launch.name = std::string(conv.layout == ConvLayout::nchw ? "conv_nchw<" : "conv_nhwc<") + std::to_string(conv.window) + ", " +
                std::to_string(tile) + ">";
  launch.grid = {ceilDiv(convPixels(conv), tile), ceilDiv(conv.channelsOut, tile), 1};
  launch.block = {kConvGemmThreads, 1, 1};
  // Two steps of both operands, their rows four elements apart, so that columns do not meet in one bank.
  launch.staticSharedBytes = 2 * 2 * convTileDepth(tile) * (tile + 4) * static_cast<uint32_t>(sizeof(float));
  return launch;
}

// One multiplication and one addition for each tap of the window, also where it lies in the padding; bias and activation are not counted.
inline double convFlops(const ConvArguments& conv) {
  return 2.0 * conv.window * conv.window * conv.channelsIn * conv.channelsOut * static_cast<double>(convPixels(conv));
}

inline double convBytes(const ConvArguments& conv) {
  const double read = 1.0 * conv.images * conv.height * conv.width * conv.channelsIn;
  const double weights = 1.0 * conv.window * conv.window * conv.channelsIn * conv.channelsOut;
  const double bias = conv.bias != nullptr ? conv.channelsOut : 0;
  return sizeof(float) * (read + weights + bias + static_cast<double>(convPixels(conv)) * conv.channelsOut);
}

}  // namespace hka::kernels
