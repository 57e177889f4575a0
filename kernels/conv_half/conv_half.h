// Convolution of a batch of images on tensor cores: halves in NHWC, products summed in float32, bias, activation and a residual fused in.
//   input    images × height × width pixels, inputPitch halves apart, of which channelsIn are read
//   weights  channelsOut × window × window × channelsIn halves
//   output   pixels outputPitch elements apart, halves or floats; so that a layer writes straight into its part of a concatenation
//   output = activation(input * weights + bias) + residual
// Compute capability 8.0 and later. What runs is an implicit GEMM: pixels × depth times depth × channels; depth: the window's taps.
#pragma once

#include "kernels/common/host_device.h"
#include "kernels/common/launch.h"
#include "kernels/conv/conv.h"

namespace hka::kernels {

// One tile. A block has warps for tilePixels × tileChannels sums, and that `slices` times: each slice takes every so many-th step along the
// depth, and all are added at the end. With few pixels that is the way to have enough warps whose products still share their operands.
struct ConvHalfVariant {
  const char* word;  // what a user writes
  const char* name;  // the kernel, as CUDA demangles it
  int tilePixels;
  int tileChannels;
  int warpPixels;
  int warpChannels;
  int slices;
  int stages;  // steps in flight, of each slice
};

#define HKA_CONV(pixels, channels, warpPixels, warpChannels, slices, stages)                                              \
  {"tile_" #pixels "x" #channels "_" #warpPixels "x" #warpChannels "_k" #slices,                                           \
   "conv_half<" #pixels ", " #channels ", " #warpPixels ", " #warpChannels ", " #slices ", " #stages ">",                  \
   pixels, channels, warpPixels, warpChannels, slices, stages}

constexpr ConvHalfVariant kConvHalfVariants[] = {
    HKA_CONV(256, 16, 32, 16, 1, 2),
    HKA_CONV(128, 16, 16, 16, 1, 2),
    HKA_CONV(128, 16, 32, 16, 2, 2),
    HKA_CONV(64, 16, 32, 16, 2, 3),
    HKA_CONV(32, 16, 32, 16, 4, 3),
    HKA_CONV(32, 16, 32, 16, 8, 3),
    HKA_CONV(128, 32, 32, 32, 1, 3),
    HKA_CONV(128, 32, 32, 16, 1, 3),
    HKA_CONV(64, 32, 32, 16, 1, 3),
    HKA_CONV(64, 32, 32, 16, 2, 3),
    HKA_CONV(64, 32, 32, 32, 2, 3),
    HKA_CONV(32, 32, 16, 16, 1, 4),
    HKA_CONV(32, 32, 16, 16, 2, 4),
    HKA_CONV(32, 32, 16, 32, 4, 3),
    HKA_CONV(32, 32, 32, 32, 4, 3),
    HKA_CONV(32, 32, 32, 32, 8, 3),
    HKA_CONV(32, 64, 32, 32, 2, 4),
    HKA_CONV(32, 64, 32, 32, 4, 3),
    HKA_CONV(64, 64, 32, 32, 1, 4),
    HKA_CONV(64, 64, 32, 32, 2, 3),
    HKA_CONV(64, 80, 32, 80, 2, 3),
    HKA_CONV(128, 64, 32, 32, 1, 3),
    HKA_CONV(64, 128, 32, 64, 2, 2),
    HKA_CONV(128, 128, 64, 64, 1, 3),
};
#undef HKA_CONV
constexpr uint32_t kConvHalfVariantCount = sizeof(kConvHalfVariants) / sizeof(kConvHalfVariants[0]);

constexpr int convHalfThreads(int tilePixels, int tileChannels, int warpPixels, int warpChannels, int slices) {
  return tilePixels / warpPixels * (tileChannels / warpChannels) * slices * 32;
}

struct ConvHalfArguments {
  const uint16_t* input = nullptr;     // bits of halves
  const uint16_t* weights = nullptr;   //
  const float* bias = nullptr;         // channelsOut; nullptr: none
  const uint16_t* residual = nullptr;  // nullptr: none
  void* output = nullptr;              // halves, or floats when isFloatOutput
  uint32_t images = 0;
  uint32_t channelsIn = 0;  // a multiple of 8, as are channelsOut and all pitches
  uint32_t channelsOut = 0;
  uint32_t height = 0;
  uint32_t width = 0;
  uint32_t window = 3;  // 1 or 3: its side
  uint32_t stride = 1;
  uint32_t padding = 1;  // pixels of zero on each side
  uint32_t inputPitch = 0;
  uint32_t outputPitch = 0;
  uint32_t residualPitch = 0;
  ConvActivation activation = ConvActivation::none;
  bool isFloatOutput = false;
  uint32_t variantIndex = 0;  // of kConvHalfVariants
  // Whether it may begin while the kernel before it in the stream still runs (compute capability 9.0 and later; elsewhere it makes no
  // difference). It reads weights and bias then, so that kernel must not write them; all else it touches only when that one has ended.
  bool startsEarly = false;
};

constexpr uint32_t kConvHalfChunk = 8;       // halves that are moved at once: 16 bytes
constexpr uint32_t kConvHalfStepDepth = 64;  // of the depth, a step: 8 chunks, which fill the 32 banks
constexpr uint32_t kConvHalfSumsGap = 8;     // floats between the rows of sums in shared memory, so that rows do not meet in a bank

inline const ConvHalfVariant& convHalfVariant(const ConvHalfArguments& conv) { return kConvHalfVariants[conv.variantIndex]; }

inline uint32_t convHalfSide(const ConvHalfArguments& conv, uint32_t side) {
  return (side + 2 * conv.padding - conv.window) / conv.stride + 1;
}

inline uint64_t convHalfPixels(const ConvHalfArguments& conv) {
  return uint64_t{conv.images} * convHalfSide(conv, conv.height) * convHalfSide(conv, conv.width);
}

inline uint32_t convHalfDepth(const ConvHalfArguments& conv) { return conv.window * conv.window * conv.channelsIn; }

// Stages that each slice has in shared memory: as many as the kernel fills, but no more than it has steps.
HKA_HOST_DEVICE inline uint32_t convHalfStages(const ConvHalfArguments& conv, uint32_t slices, uint32_t stages) {
  const uint32_t allSteps = (conv.window * conv.window * conv.channelsIn + kConvHalfStepDepth - 1) / kConvHalfStepDepth;
  const uint32_t steps = (allSteps + slices - 1) / slices;
  return steps < stages ? steps : stages;
}

// Of a block with that many stages a slice. The sums take the place of the steps when all are done.
constexpr uint32_t convHalfSharedBytes(const ConvHalfVariant& variant, uint32_t stages) {
  const uint32_t stageBytes = static_cast<uint32_t>(variant.tilePixels + variant.tileChannels) * kConvHalfStepDepth * 2;
  const uint32_t rowFloats = static_cast<uint32_t>(variant.tileChannels) + kConvHalfSumsGap;
  const uint32_t sumsBytes = static_cast<uint32_t>(variant.tilePixels) * rowFloats * 4;
  return static_cast<uint32_t>(variant.slices) * (stages * stageBytes > sumsBytes ? stages * stageBytes : sumsBytes);
}
constexpr uint32_t convHalfSharedBytesMax(const ConvHalfVariant& variant) {
  return convHalfSharedBytes(variant, static_cast<uint32_t>(variant.stages));
}

inline Launch convHalfLaunch(const ConvHalfArguments& conv) {
  const ConvHalfVariant& variant = convHalfVariant(conv);
  Launch launch;
  launch.name = variant.name;
  launch.grid = {ceilDiv(convHalfPixels(conv), variant.tilePixels), ceilDiv(conv.channelsOut, variant.tileChannels), 1};
  launch.block.x = static_cast<uint32_t>(
      convHalfThreads(variant.tilePixels, variant.tileChannels, variant.warpPixels, variant.warpChannels, variant.slices));
  // Where each pixel's window begins, and the bias.
  launch.staticSharedBytes = static_cast<uint32_t>(variant.tilePixels) * 8 + static_cast<uint32_t>(variant.tileChannels) * 4;
  launch.dynamicSharedBytes = convHalfSharedBytes(variant, convHalfStages(conv, variant.slices, variant.stages));
  return launch;
}

// One multiplication and one addition for each tap of the window, also where it lies in the padding.
inline double convHalfFlops(const ConvHalfArguments& conv) {
  return 2.0 * convHalfDepth(conv) * conv.channelsOut * static_cast<double>(convHalfPixels(conv));
}

// Least traffic: each input read once, each output written once.
inline double convHalfBytes(const ConvHalfArguments& conv) {
  const double read = 1.0 * conv.images * conv.height * conv.width * conv.channelsIn;
  const double written = static_cast<double>(convHalfPixels(conv)) * conv.channelsOut;
  const double halves = read + 1.0 * convHalfDepth(conv) * conv.channelsOut + (conv.residual != nullptr ? written : 0);
  return sizeof(uint16_t) * halves + (conv.isFloatOutput ? sizeof(float) : sizeof(uint16_t)) * written +
         (conv.bias != nullptr ? sizeof(float) * conv.channelsOut : 0);
}

}  // namespace hka::kernels
