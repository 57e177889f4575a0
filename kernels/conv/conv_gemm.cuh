// The implicit GEMM: a block computes kTile channels × kTile pixels of the output. It walks along the depth, the taps of all input
// channels; each step brings kDepth of it of both operands into shared memory, while the step before is multiplied.
//
//              pixels                     thread (across, down) of 16 × 16 keeps kTile / 16 squared
//           ┌──────────┐ depth            sums, in groups of four that lie 64 apart, so that its
//   depth   │ windows  │                  operands come as float4 and lanes do not meet in a bank.
//  ┌─────┐  ├──────────┤                  `across` runs along what lies together in the output:
//  │ wei-│  │ sums     │ channels         pixels in nchw, channels in nhwc.
//  │ ghts│  │          │
//  └─────┘  └──────────┘
#pragma once

#include "kernels/conv/conv_activation.cuh"

namespace hka::kernels {

// Where in the image the window of one output pixel begins, and in which image.
struct ConvWindow {
  uint32_t image;
  int firstY;
  int firstX;
};

__device__ inline ConvWindow convWindowOf(const ConvArguments& conv, uint32_t pixel) {
  const uint32_t width = convOutputSide(conv, conv.width);
  const uint32_t row = pixel / width;  // of all images below one another
  const uint32_t height = convOutputSide(conv, conv.height);
  return {row / height, static_cast<int>(row % height * conv.stride) - static_cast<int>(conv.padding),
          static_cast<int>(pixel % width * conv.stride) - static_cast<int>(conv.padding)};
}

// The input pixel, or 0 in the padding.
template <bool kIsNhwc>
__device__ float convInputAt(const ConvArguments& conv, const ConvWindow& window, uint32_t channel, uint32_t tapY, uint32_t tapX) {
  const uint32_t y = static_cast<uint32_t>(window.firstY + static_cast<int>(tapY));  // a negative one wraps round and is outside too
  const uint32_t x = static_cast<uint32_t>(window.firstX + static_cast<int>(tapX));
  if (y >= conv.height || x >= conv.width) return 0.0F;
  if constexpr (kIsNhwc) return conv.input[((size_t{window.image} * conv.height + y) * conv.width + x) * conv.channelsIn + channel];
  return conv.input[((size_t{window.image} * conv.channelsIn + channel) * conv.height + y) * conv.width + x];
}

template <int kTile>
struct ConvTiles {
  static constexpr int kDepth = convTileDepth(kTile);
  static constexpr int kGroups = kTile / 64;  // of four sums, in each direction, for one thread
  static constexpr int kLoads = kTile * kDepth / static_cast<int>(kConvGemmThreads);  // of each operand, for one thread and step
  alignas(16) float weights[2][kDepth][kTile + 4];
  alignas(16) float windows[2][kDepth][kTile + 4];
};

// What one thread brings from memory for a step. The weights, and the windows in nhwc, lie together along the depth; the windows in nchw
// along the pixels: lanes run that way.
template <int kWindow, int kTile, bool kIsNhwc>
struct ConvLoader {
  using Tiles = ConvTiles<kTile>;
  static constexpr int kDepth = Tiles::kDepth;
  static constexpr int kRowsApart = static_cast<int>(kConvGemmThreads) / kDepth;
  static constexpr int kDepthsApart = static_cast<int>(kConvGemmThreads) / kTile;
  static constexpr int kWindowCount = kIsNhwc ? Tiles::kLoads : 1;

  const ConvArguments& conv;
  const uint32_t depth;
  const uint32_t pixelCount;
  ConvWindow windowsOf[kWindowCount];
  bool isPixel[kWindowCount];
  float weights[Tiles::kLoads];
  float windows[Tiles::kLoads];

  __device__ ConvLoader(const ConvArguments& arguments, uint32_t allPixels)
      : conv(arguments), depth(arguments.channelsIn * kWindow * kWindow), pixelCount(allPixels) {
#pragma unroll
    for (int at = 0; at < kWindowCount; ++at) {
      const uint32_t place = kIsNhwc ? threadIdx.x / kDepth + at * kRowsApart : threadIdx.x % kTile;
      const uint32_t pixel = blockIdx.x * kTile + place;
      isPixel[at] = pixel < pixelCount;
      windowsOf[at] = convWindowOf(conv, isPixel[at] ? pixel : 0);
    }
  }

  __device__ void load(uint32_t firstDepth) {
    const uint32_t k = firstDepth + threadIdx.x % kDepth;
#pragma unroll
    for (int at = 0; at < Tiles::kLoads; ++at) {
      const uint32_t channel = blockIdx.y * kTile + threadIdx.x / kDepth + at * kRowsApart;
      weights[at] = k < depth && channel < conv.channelsOut ? __ldg(conv.weights + size_t{channel} * depth + k) : 0.0F;
    }
    if constexpr (kIsNhwc) {
      const uint32_t tap = kWindow == 1 ? 0 : k / conv.channelsIn;
      const uint32_t channel = k - tap * conv.channelsIn;
#pragma unroll
      for (int at = 0; at < Tiles::kLoads; ++at) {
        const bool isThere = k < depth && isPixel[at];
        windows[at] = isThere ? convInputAt<true>(conv, windowsOf[at], channel, tap / kWindow, tap % kWindow) : 0.0F;
      }
    } else {
#pragma unroll
      for (int at = 0; at < Tiles::kLoads; ++at) {
        const uint32_t kOfWindow = firstDepth + threadIdx.x / kTile + at * kDepthsApart;
        const uint32_t tap = kOfWindow % (kWindow * kWindow);
        const uint32_t channel = kOfWindow / (kWindow * kWindow);
        const bool isThere = kOfWindow < depth && isPixel[0];
        windows[at] = isThere ? convInputAt<false>(conv, windowsOf[0], channel, tap / kWindow, tap % kWindow) : 0.0F;
      }
    }
  }

  __device__ void store(Tiles& tiles, int buffer) const {
#pragma unroll
    for (int at = 0; at < Tiles::kLoads; ++at) {
      tiles.weights[buffer][threadIdx.x % kDepth][threadIdx.x / kDepth + at * kRowsApart] = weights[at];
      if constexpr (kIsNhwc) {
        tiles.windows[buffer][threadIdx.x % kDepth][threadIdx.x / kDepth + at * kRowsApart] = windows[at];
      } else {
        tiles.windows[buffer][threadIdx.x / kTile + at * kDepthsApart][threadIdx.x % kTile] = windows[at];
      }
    }
  }
};

// One step: every product of the thread's channels and pixels.
template <int kTile>
__device__ void multiply(float (&sums)[kTile / 16][kTile / 16], const ConvTiles<kTile>& tiles, int buffer, int channelThread,
                         int pixelThread) {
#pragma unroll
  for (int k = 0; k < ConvTiles<kTile>::kDepth; ++k) {
    float4 weights[ConvTiles<kTile>::kGroups];
    float4 windows[ConvTiles<kTile>::kGroups];
#pragma unroll
    for (int group = 0; group < ConvTiles<kTile>::kGroups; ++group) {
      weights[group] = *reinterpret_cast<const float4*>(&tiles.weights[buffer][k][group * 64 + channelThread * 4]);
      windows[group] = *reinterpret_cast<const float4*>(&tiles.windows[buffer][k][group * 64 + pixelThread * 4]);
    }
    const float* weight = &weights[0].x;
    const float* window = &windows[0].x;
#pragma unroll
    for (int channel = 0; channel < kTile / 16; ++channel) {
#pragma unroll
      for (int pixel = 0; pixel < kTile / 16; ++pixel) sums[channel][pixel] += weight[channel] * window[pixel];
    }
  }
}

template <int kTile, bool kIsNhwc>
__device__ void writeSums(const ConvArguments& conv, uint32_t pixelCount, const float (&sums)[kTile / 16][kTile / 16], int channelThread,
                          int pixelThread) {
  const uint32_t planeCount = convOutputSide(conv, conv.height) * convOutputSide(conv, conv.width);
#pragma unroll
  for (int pixelAt = 0; pixelAt < kTile / 16; ++pixelAt) {
    const uint32_t pixel = blockIdx.x * kTile + pixelAt / 4 * 64 + pixelThread * 4 + pixelAt % 4;
    if (pixel >= pixelCount) continue;
    const size_t image = pixel / planeCount;
#pragma unroll
    for (int channelAt = 0; channelAt < kTile / 16; ++channelAt) {
      const uint32_t channel = blockIdx.y * kTile + channelAt / 4 * 64 + channelThread * 4 + channelAt % 4;
      if (channel >= conv.channelsOut) continue;
      const float sum = sums[channelAt][pixelAt] + (conv.bias != nullptr ? __ldg(conv.bias + channel) : 0.0F);
      const size_t place = kIsNhwc ? size_t{pixel} * conv.channelsOut + channel
                                   : (image * conv.channelsOut + channel) * planeCount + (pixel - image * planeCount);
      conv.output[place] = convActivated(conv.activation, sum);
    }
  }
}

template <int kWindow, int kTile, bool kIsNhwc>
__device__ void convGemm(const ConvArguments& conv, uint32_t pixelCount) {
  __shared__ ConvTiles<kTile> tiles;
  constexpr uint32_t kDepth = ConvTiles<kTile>::kDepth;
  const int across = threadIdx.x % 16;
  const int down = threadIdx.x / 16;
  const int channelThread = kIsNhwc ? across : down;
  const int pixelThread = kIsNhwc ? down : across;
  ConvLoader<kWindow, kTile, kIsNhwc> loader(conv, pixelCount);
  float sums[kTile / 16][kTile / 16] = {};
  loader.load(0);
  loader.store(tiles, 0);
  __syncthreads();
  int buffer = 0;
  for (uint32_t firstDepth = kDepth; firstDepth < loader.depth; firstDepth += kDepth) {
    loader.load(firstDepth);
    multiply<kTile>(sums, tiles, buffer, channelThread, pixelThread);
    buffer ^= 1;  // the other one was last read before the wait below, one step ago
    loader.store(tiles, buffer);
    __syncthreads();
  }
  multiply<kTile>(sums, tiles, buffer, channelThread, pixelThread);
  writeSums<kTile, kIsNhwc>(conv, pixelCount, sums, channelThread, pixelThread);
}

}  // namespace hka::kernels
