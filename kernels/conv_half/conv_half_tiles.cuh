// What conv_half.cu moves: chunks of 8 halves from global to shared memory, pieces of them to registers.
#pragma once

#include "kernels/conv_half/conv_half_cuda.h"
#include "kernels/gemm/gemm_half_mma.cuh"

namespace hka::kernels {

constexpr int kConvHalfRowChunks = kConvHalfStepDepth / kConvHalfChunk;

// What one thread of a slice brings: always the same chunk of a step's depth, and every kRowStep-th row. One warp alone takes every fourth,
// so that every other of its rows has its chunks in the other half.
template <int kThreads>
struct ConvHalfLane {
  static constexpr int kRowStep = kThreads / kConvHalfRowChunks;
  static_assert(kRowStep == 4 || kRowStep % 8 == 0);

  const uint32_t row = threadIdx.x % kThreads / kConvHalfRowChunks;
  const uint32_t chunk = threadIdx.x % kConvHalfRowChunks;
  const uint32_t place = chunkPlace<kConvHalfRowChunks>(row, chunk);

  // Of its row number `at`.
  __device__ __forceinline__ uint32_t placeOf(int at) const {
    return (kRowStep == 4 && at % 2 == 1 ? place ^ 4 : place) + at * kRowStep * kConvHalfRowChunks;
  }
  // Whether a tile of kRows has that row.
  template <int kRows>
  __device__ __forceinline__ bool hasRow(int at) const {
    return kRows % kRowStep == 0 || row + at * kRowStep < kRows;
  }
};

// Where the window of an output pixel begins, in chunks from the input's address, and a bit for each tap of it that lies within the image:
// so a step costs a shift and an addition a chunk, and padding is never read.
struct alignas(8) ConvHalfPixel {
  int firstChunk;
  uint32_t taps;
};

__device__ __forceinline__ ConvHalfPixel convHalfPixelOf(const ConvHalfArguments& conv, const ConvHalfSizes& sizes, uint32_t pixel) {
  const uint32_t line = pixel / sizes.outputWidth;  // of all images below one another
  const uint32_t image = line / sizes.outputHeight;
  const int y = static_cast<int>((line - image * sizes.outputHeight) * conv.stride) - static_cast<int>(conv.padding);
  const int x = static_cast<int>((pixel - line * sizes.outputWidth) * conv.stride) - static_cast<int>(conv.padding);
  const int pixelsBefore = (static_cast<int>(image * conv.height) + y) * static_cast<int>(conv.width) + x;
  const auto isColumn = [&](uint32_t tapX) { return static_cast<uint32_t>(x) + tapX < conv.width ? 1U << tapX : 0U; };
  const auto isRow = [&](uint32_t tapY) { return static_cast<uint32_t>(y) + tapY < conv.height; };
  const uint32_t columns = conv.window == 1 ? isColumn(0) : isColumn(0) | isColumn(1) | isColumn(2);
  uint32_t taps = isRow(0) ? columns : 0;
  if (conv.window == 3) taps |= (isRow(1) ? columns << 3 : 0) | (isRow(2) ? columns << 6 : 0);
  return {pixelsBefore * static_cast<int>(conv.inputPitch / kConvHalfChunk), pixel < sizes.pixelCount ? taps : 0};
}

// The windows of a tile's pixels, a row each. A pixel is asked for by the eight threads of its row and by every slice, so all are worked
// out once, by a thread each, and read from `pixels` in shared memory: now, or at each step where registers are better left for more warps.
template <int kRows, int kThreads, bool kHolds>
struct ConvHalfWindows {
  using Lane = ConvHalfLane<kThreads>;
  static constexpr int kLoads = (kRows + Lane::kRowStep - 1) / Lane::kRowStep;

  const uint4* input;
  const ConvHalfPixel* pixels;
  ConvHalfPixel held[kHolds ? kLoads : 1];
  uint32_t rowChunks;    // from a pixel to the one below
  uint32_t pixelChunks;  // to the one beside
  uint32_t channelChunks;
  uint32_t perChannelChunks;  // 2^32 / channelChunks, rounded up
  uint32_t window;

  __device__ __forceinline__ ConvHalfWindows(const ConvHalfArguments& conv, const ConvHalfSizes& sizes, const Lane& lane,
                                             const ConvHalfPixel* allPixels)
      : input(reinterpret_cast<const uint4*>(conv.input)), pixels(allPixels), rowChunks(conv.width * (conv.inputPitch / kConvHalfChunk)),
        pixelChunks(conv.inputPitch / kConvHalfChunk), channelChunks(conv.channelsIn / kConvHalfChunk),
        perChannelChunks(sizes.perChannelChunks), window(conv.window) {
    if constexpr (kHolds) {
#pragma unroll
      for (int at = 0; at < kLoads; ++at) held[at] = pixelAt(lane, at);
    }
  }

  __device__ __forceinline__ ConvHalfPixel pixelAt(const Lane& lane, int at) const {
    return lane.template hasRow<kRows>(at) ? pixels[lane.row + at * Lane::kRowStep] : ConvHalfPixel{};
  }

  // Behind the depth's end no bit of `taps` is set.
  __device__ __forceinline__ void load(uint4* stage, const Lane& lane, uint32_t step) const {
    const uint32_t depthChunk = step * kConvHalfRowChunks + lane.chunk;
    const uint32_t tap = channelChunks == 1 ? depthChunk : __umulhi(depthChunk, perChannelChunks);
    const uint32_t tapY = window == 1 ? 0 : tap / 3;
    const uint32_t channelChunk = depthChunk - tap * channelChunks;
    const int offset = static_cast<int>(tapY * rowChunks + (tap - tapY * window) * pixelChunks + channelChunk);
    const uint32_t shift = min(tap, 31U);
    ConvHalfPixel row[kLoads];  // all are read before the first copy: the compiler moves no read across one
#pragma unroll
    for (int at = 0; at < kLoads; ++at) {
      if constexpr (kHolds) row[at] = held[at];
      else row[at] = pixelAt(lane, at);
    }
#pragma unroll
    for (int at = 0; at < kLoads; ++at) {
      if (!lane.template hasRow<kRows>(at)) continue;
      const bool isInside = (row[at].taps >> shift & 1U) != 0;
      copyChunkAsync(stage + lane.placeOf(at), isInside ? input + (row[at].firstChunk + offset) : input, isInside);
    }
  }
};

// The weights of a tile's channels, a row each.
template <int kRows, int kThreads>
struct ConvHalfWeights {
  using Lane = ConvHalfLane<kThreads>;
  static constexpr int kLoads = (kRows + Lane::kRowStep - 1) / Lane::kRowStep;

  const uint4* weights;
  uint32_t firstChunk;
  uint32_t depthChunks;
  uint32_t rowsLeft;  // from the thread's first row to the end

  __device__ __forceinline__ ConvHalfWeights(const ConvHalfArguments& conv, const Lane& lane, uint32_t depth, uint32_t firstChannel)
      : weights(reinterpret_cast<const uint4*>(conv.weights)), firstChunk((firstChannel + lane.row) * (depth / kConvHalfChunk)),
        depthChunks(depth / kConvHalfChunk) {
    const uint32_t row = firstChannel + lane.row;
    rowsLeft = row < conv.channelsOut ? conv.channelsOut - row : 0;
  }

  __device__ __forceinline__ void load(uint4* stage, const Lane& lane, uint32_t step) const {
    const uint32_t depthChunk = step * kConvHalfRowChunks + lane.chunk;
    const uint4* const source = weights + (firstChunk + depthChunk);
    const bool isDepth = depthChunk < depthChunks;
#pragma unroll
    for (int at = 0; at < kLoads; ++at) {
      if (!lane.template hasRow<kRows>(at)) continue;
      const bool isInside = isDepth && at * Lane::kRowStep < static_cast<int>(rowsLeft);
      copyChunkAsync(stage + lane.placeOf(at), isInside ? source + at * Lane::kRowStep * depthChunks : weights, isInside);
    }
  }
};

// Waits for the other threads of the slice, and for no one else.
template <int kThreads>
__device__ __forceinline__ void waitForSlice(int slice) {
  if constexpr (kThreads == 32) __syncwarp();
  else asm volatile("bar.sync %0, %1;" ::"r"(slice + 1), "n"(kThreads) : "memory");  // barrier 0 is that of the block
}

// Waits for the kernel before in the stream, then lets the next one begin; the other way round, several kernels would wait on the
// multiprocessors at once, which took 4 % longer. What lies in front of this reads only what that kernel does not write. Nothing happens
// where kernels do not begin early (PTX ISA 7.8, compute capability 9.0).
__device__ __forceinline__ void waitForKernelBefore() {
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.wait;" ::: "memory");
  asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
}

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
