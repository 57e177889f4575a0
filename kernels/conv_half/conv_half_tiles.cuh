// What conv_half.cu moves: chunks of 8 halves from global to shared memory, pieces of them to registers.
#pragma once

#include "kernels/conv_half/conv_half_cuda.h"
#include "kernels/gemm/gemm_half_mma.cuh"

namespace hka::kernels {

constexpr int kConvHalfRowChunks = kConvHalfStepDepth / kConvHalfChunk;

// What a thread's lane brings: always the same chunk of a step's depth, and every kRowStep-th row.
template <int kThreads>
struct ConvHalfLane {
  static constexpr int kRowStep = kThreads / kConvHalfRowChunks;
  static_assert(kRowStep % 8 == 0);  // then chunkPlace() moves all chunks of a thread alike

  static __device__ __forceinline__ uint32_t row() { return threadIdx.x / kConvHalfRowChunks; }
  static __device__ __forceinline__ uint32_t chunk() { return threadIdx.x % kConvHalfRowChunks; }
  static __device__ __forceinline__ uint32_t place() { return chunkPlace<kConvHalfRowChunks>(row(), chunk()); }
};

// The windows of a tile's pixels, a row each. Of every pixel it keeps where its window begins, in chunks from the input's address, and a bit
// for each tap that lies within the image: so a step costs a shift and an addition a chunk, and padding is never read.
template <int kRows, int kThreads>
struct ConvHalfWindows {
  using Lane = ConvHalfLane<kThreads>;
  static constexpr int kLoads = (kRows + Lane::kRowStep - 1) / Lane::kRowStep;

  const uint4* input;
  int firstChunk[kLoads];
  uint32_t taps[kLoads];
  uint32_t rowChunks;    // from a pixel to the one below
  uint32_t pixelChunks;  // to the one beside
  uint32_t channelChunks;
  uint32_t window;
  uint32_t tap;
  uint32_t channelChunk;

  __device__ __forceinline__ ConvHalfWindows(const ConvHalfArguments& conv, uint2 sides, uint32_t pixelCount, uint32_t firstPixel,
                                             uint32_t firstStep)
      : input(reinterpret_cast<const uint4*>(conv.input)), rowChunks(conv.width * (conv.inputPitch / kConvHalfChunk)),
        pixelChunks(conv.inputPitch / kConvHalfChunk), channelChunks(conv.channelsIn / kConvHalfChunk), window(conv.window) {
    const uint32_t depthChunk = firstStep * kConvHalfRowChunks + Lane::chunk();
    tap = depthChunk / channelChunks;
    channelChunk = depthChunk - tap * channelChunks;
#pragma unroll
    for (int at = 0; at < kLoads; ++at) {
      const uint32_t pixel = firstPixel + Lane::row() + at * Lane::kRowStep;
      const uint32_t line = pixel / sides.y;  // of all images below one another
      const uint32_t image = line / sides.x;
      const int y = static_cast<int>((line - image * sides.x) * conv.stride) - static_cast<int>(conv.padding);
      const int x = static_cast<int>((pixel - line * sides.y) * conv.stride) - static_cast<int>(conv.padding);
      firstChunk[at] = ((static_cast<int>(image * conv.height) + y) * static_cast<int>(conv.width) + x) * static_cast<int>(pixelChunks);
      taps[at] = 0;
      if (pixel >= pixelCount) continue;
      uint32_t columns = 0;
      for (uint32_t side = 0; side < window; ++side) columns |= (static_cast<uint32_t>(x) + side < conv.width ? 1U : 0U) << side;
      for (uint32_t side = 0; side < window; ++side) {
        if (static_cast<uint32_t>(y) + side < conv.height) taps[at] |= columns << (side * window);
      }
    }
  }

  // The next step. Behind the depth's end no bit of `taps` is set.
  __device__ __forceinline__ void load(uint4* stage) {
    const uint32_t tapY = window == 1 ? 0 : tap / 3;
    const int offset = static_cast<int>(tapY * rowChunks + (tap - tapY * window) * pixelChunks + channelChunk);
    uint4* const target = stage + Lane::place();
#pragma unroll
    for (int at = 0; at < kLoads; ++at) {
      if (kRows % Lane::kRowStep != 0 && Lane::row() + at * Lane::kRowStep >= kRows) continue;
      const bool isInside = (taps[at] >> min(tap, 31U) & 1U) != 0;
      copyConvChunk(target + at * Lane::kRowStep * kConvHalfRowChunks, isInside ? input + (firstChunk[at] + offset) : input, isInside);
    }
    channelChunk += kConvHalfRowChunks;
    while (channelChunk >= channelChunks) {
      channelChunk -= channelChunks;
      ++tap;
    }
  }

 private:
  // Through the L1 cache: the same pixel comes back under the next taps.
  static __device__ __forceinline__ void copyConvChunk(void* target, const void* source, bool isInside) {
    asm volatile("cp.async.ca.shared.global [%0], [%1], 16, %2;" ::"r"(sharedAddress(target)), "l"(source), "r"(isInside ? 16 : 0)
                 : "memory");
  }
};

// The weights of a tile's channels, a row each.
template <int kRows, int kThreads>
struct ConvHalfWeights {
  using Lane = ConvHalfLane<kThreads>;
  static constexpr int kLoads = (kRows + Lane::kRowStep - 1) / Lane::kRowStep;

  const uint4* weights;
  const uint4* source;
  uint32_t depthChunks;
  uint32_t chunk;
  uint32_t rowsLeft;  // from the thread's first row to the end

  __device__ __forceinline__ ConvHalfWeights(const ConvHalfArguments& conv, uint32_t depth, uint32_t firstChannel, uint32_t firstStep)
      : weights(reinterpret_cast<const uint4*>(conv.weights)), depthChunks(depth / kConvHalfChunk),
        chunk(firstStep * kConvHalfRowChunks + Lane::chunk()) {
    const uint32_t row = firstChannel + Lane::row();
    rowsLeft = row < conv.channelsOut ? conv.channelsOut - row : 0;
    source = weights + size_t{row} * depthChunks + chunk;
  }

  __device__ __forceinline__ void load(uint4* stage) {
    uint4* const target = stage + Lane::place();
    const bool isDepth = chunk < depthChunks;
#pragma unroll
    for (int at = 0; at < kLoads; ++at) {
      if (kRows % Lane::kRowStep != 0 && Lane::row() + at * Lane::kRowStep >= kRows) continue;
      const bool isInside = isDepth && at * Lane::kRowStep < rowsLeft;
      copyChunkAsync(target + at * Lane::kRowStep * kConvHalfRowChunks, isInside ? source + size_t{depthChunks} * (at * Lane::kRowStep) : weights,
                     isInside);
    }
    chunk += kConvHalfRowChunks;
    source += kConvHalfRowChunks;
  }
};

// What a warp multiplies at once: 16 of the depth, as 16 × 16 pieces of the windows and 16 × 8 pieces of the weights.
template <int kPiecesDown, int kPiecesAcross>
struct ConvHalfPieces {
  uint32_t windows[kPiecesDown][4];
  uint32_t weights[kPiecesAcross][2];

  // `k` in chunks: an even number. Both operands lie along the depth, so neither is transposed.
  __device__ __forceinline__ void load(const uint4* stageWindows, const uint4* stageWeights, int warpPixel, int warpChannel, int k) {
    const int lane = threadIdx.x % 32;
#pragma unroll
    for (int down = 0; down < kPiecesDown; ++down) {
      loadMatrices(windows[down], stageWindows + chunkPlace<kConvHalfRowChunks>(warpPixel + down * 16 + lane % 16, k + lane / 16));
    }
#pragma unroll
    for (int across = 0; across < kPiecesAcross; across += 2) {
      uint32_t two[4];
      const int channel = warpChannel + across * 8 + lane / 16 * 8 + lane % 8;
      loadMatrices(two, stageWeights + chunkPlace<kConvHalfRowChunks>(channel, k + lane / 8 % 2));
      weights[across][0] = two[0];
      weights[across][1] = two[1];
      weights[across + 1][0] = two[2];
      weights[across + 1][1] = two[3];
    }
  }

  __device__ __forceinline__ void multiplyAddTo(float (&sums)[kPiecesDown][kPiecesAcross][4]) const {
#pragma unroll
    for (int down = 0; down < kPiecesDown; ++down) {
#pragma unroll
      for (int across = 0; across < kPiecesAcross; ++across) multiplyAdd(sums[down][across], windows[down], weights[across]);
    }
  }
};

}  // namespace hka::kernels
