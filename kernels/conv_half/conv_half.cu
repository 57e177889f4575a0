// Half convolution on tensor cores as an implicit GEMM, compute capability 8.0 and later. A block walks along the depth, the taps of all
// input channels, with several steps in flight (cp.async); each warp keeps its sums in registers.
//
//   shared memory of a step: tilePixels rows of 64 halves of the windows, then tileChannels rows of the weights, in chunks of 8 halves.
//   Chunk c of row r lies at place c ^ r % 8, so that the 8 rows that one ldmatrix reads lie in 8 different groups of banks.
//   With slices, as many groups of warps each walk along every so many-th step, with stages and a barrier of their own, so that none waits
//   for another. Their sums meet at the end.
#include <utility>

#include "kernels/conv_half/conv_half_sums.cuh"
#include "kernels/conv_half/conv_half_tiles.cuh"
#include "kernels/gemm/gemm_half_cuda.h"

namespace hka::kernels {

// Warps with few sums and slices are for many pixels: four blocks of 256 threads fit on a multiprocessor when a thread has 64 registers.
constexpr bool isConvHalfSmall(int warpPixels, int warpChannels, int slices) { return warpPixels * warpChannels <= 512 && slices <= 2; }
constexpr int convHalfBlocksMin(bool isSmall, int threads) { return isSmall ? 1024 / threads : 1; }

template <int kTilePixels, int kTileChannels, int kWarpPixels, int kWarpChannels, int kSlices, int kStages>
__global__ void __launch_bounds__(convHalfThreads(kTilePixels, kTileChannels, kWarpPixels, kWarpChannels, kSlices),
                                  convHalfBlocksMin(isConvHalfSmall(kWarpPixels, kWarpChannels, kSlices),
                                                    convHalfThreads(kTilePixels, kTileChannels, kWarpPixels, kWarpChannels, kSlices)))
    conv_half(const ConvHalfArguments conv, const ConvHalfSizes sizes) {
  constexpr int kWarpsAcross = kTileChannels / kWarpChannels;
  constexpr int kSliceWarps = kTilePixels / kWarpPixels * kWarpsAcross;
  constexpr int kSliceThreads = kSliceWarps * 32;
  constexpr int kWindowChunks = kTilePixels * kConvHalfRowChunks;
  constexpr int kStageChunks = kWindowChunks + kTileChannels * kConvHalfRowChunks;
  constexpr int kPiecesDown = kWarpPixels / 16;
  constexpr int kPiecesAcross = kWarpChannels / 8;
  static_assert(kPiecesAcross % 2 == 0 && kConvHalfStepDepth == 4 * 16);
  extern __shared__ uint4 stages[];  // of slice 0, of slice 1, ...

  const uint32_t firstPixel = blockIdx.x * kTilePixels;
  const uint32_t firstChannel = blockIdx.y * kTileChannels;
  const uint32_t depth = conv.window * conv.window * conv.channelsIn;
  const uint32_t allSteps = (depth + kConvHalfStepDepth - 1) / kConvHalfStepDepth;
  const int warp = threadIdx.x / 32;
  const int slice = warp / kSliceWarps;
  const int warpPixel = warp % kSliceWarps / kWarpsAcross * kWarpPixels;
  const int warpChannel = warp % kWarpsAcross * kWarpChannels;
  // Shared memory has no more stages than there are steps, so that more blocks fit when they are few.
  uint4* const firstStage = stages + slice * convHalfStages(conv, kSlices, kStages) * kStageChunks;

  __shared__ ConvHalfPixel pixels[kTilePixels];
  __shared__ alignas(16) float bias[kTileChannels];
#pragma unroll 1
  for (int at = threadIdx.x; at < kTilePixels; at += kSliceThreads * kSlices) pixels[at] = convHalfPixelOf(conv, sizes, firstPixel + at);
  __syncthreads();
  const ConvHalfLane<kSliceThreads> lane;
  const ConvHalfWindows<kTilePixels, kSliceThreads, (kSlices > 2)> windows(conv, sizes, lane, pixels);
  const ConvHalfWeights<kTileChannels, kSliceThreads> weights(conv, lane, depth, firstChannel);
  uint4* const lastStage = firstStage + (kStages - 1) * kStageChunks;
  const auto stageAfter = [&](uint4* stage) { return stage == lastStage ? firstStage : stage + kStageChunks; };

  // Bias and weights are constants: they come while the kernel before still runs. They belong to the first group of copies.
  if (threadIdx.x < kTileChannels / 4) {
    const uint32_t channel = firstChannel + threadIdx.x * 4;
    const bool isInside = conv.bias != nullptr && channel < conv.channelsOut;
    copyChunkAsync(bias + threadIdx.x * 4, isInside ? static_cast<const void*>(conv.bias + channel) : conv.weights, isInside);
  }
#pragma unroll 1  // here and below: little code, because the kernel before has left none of it in the instruction cache
  for (uint32_t at = 0; at < kStages - 1; ++at) {
    const uint32_t step = slice + at * kSlices;
    if (step < allSteps) weights.load(firstStage + at * kStageChunks + kWindowChunks, lane, step);
  }
  waitForKernelBefore();
#pragma unroll 1
  for (uint32_t at = 0; at < kStages - 1; ++at) {
    const uint32_t step = slice + at * kSlices;
    if (step < allSteps) windows.load(firstStage + at * kStageChunks, lane, step);
    closeCopyGroup();  // an empty group counts too, so that the number to wait for stays the same to the end
  }
  float sums[kPiecesDown][kPiecesAcross][4] = {};
  uint4* stage = firstStage;
  uint4* loadedStage = lastStage;
#pragma unroll 1
  for (uint32_t step = slice; step < allSteps; step += kSlices) {
    waitCopyGroups<kStages - 2>();
    waitForSlice<kSliceThreads>(slice);  // the step has come for all threads; none still reads the one before, which is overwritten next
    const auto loadPieces = [&](ConvHalfPieces<kPiecesDown, kPiecesAcross>& pieces, int part) {
      pieces.load(stage, stage + kWindowChunks, warpPixel, warpChannel, part * 2);
    };
    ConvHalfPieces<kPiecesDown, kPiecesAcross> pieces[2];  // those in use, and the next ones on their way
    loadPieces(pieces[0], 0);
    const uint32_t nextStep = step + (kStages - 1) * kSlices;
    if (nextStep < allSteps) {
      weights.load(loadedStage + kWindowChunks, lane, nextStep);
      windows.load(loadedStage, lane, nextStep);
    }
    closeCopyGroup();
    loadPieces(pieces[1], 1);
    pieces[0].multiplyAddTo(sums);
    loadPieces(pieces[0], 2);
    pieces[1].multiplyAddTo(sums);
    // The last step may hold half or less: 72 = 64 + 8.
    if (step * kConvHalfStepDepth + kConvHalfStepDepth / 2 < depth) {
      loadPieces(pieces[1], 3);
      pieces[0].multiplyAddTo(sums);
      pieces[1].multiplyAddTo(sums);
    }
    stage = stageAfter(stage);
    loadedStage = stageAfter(loadedStage);
  }
  waitCopyGroups<0>();
  __syncthreads();  // all slices have read their last step
  constexpr int kRowFloats = kTileChannels + kConvHalfSumsGap;
  float* const kept = reinterpret_cast<float*>(stages);
  keepSums<kRowFloats>(kept + (slice * kTilePixels + warpPixel) * kRowFloats + warpChannel, sums);
  __syncthreads();
  writeSums<kTilePixels, kTileChannels, kSlices, kSliceThreads * kSlices>(conv, kept, bias, sizes.pixelCount, firstPixel, firstChannel);
}

namespace {

template <uint32_t kIndex>
cudaError_t launchTile(const ConvHalfArguments& conv, cudaStream_t stream) {
  constexpr ConvHalfVariant kVariant = kConvHalfVariants[kIndex];
  constexpr auto kKernel = conv_half<kVariant.tilePixels, kVariant.tileChannels, kVariant.warpPixels, kVariant.warpChannels,
                                     kVariant.slices, kVariant.stages>;
  const Launch launch = convHalfLaunch(conv);
  const cudaError_t error = allowDynamicShared<kKernel>(convHalfSharedBytesMax(kVariant));
  if (error != cudaSuccess) return error;
  const uint32_t channelChunks = conv.channelsIn / kConvHalfChunk;
  const ConvHalfSizes sizes = {static_cast<uint32_t>(convHalfPixels(conv)), convHalfSide(conv, conv.height), convHalfSide(conv, conv.width),
                               static_cast<uint32_t>(((uint64_t{1} << 32) + channelChunks - 1) / channelChunks)};
#if CUDART_VERSION >= 12030  // the first whose graphs keep the attribute
  cudaLaunchAttribute early = {};
  early.id = cudaLaunchAttributeProgrammaticStreamSerialization;
  early.val.programmaticStreamSerializationAllowed = conv.startsEarly ? 1 : 0;
  cudaLaunchConfig_t config = {};
  config.gridDim = cudaDim(launch.grid);
  config.blockDim = cudaDim(launch.block);
  config.dynamicSmemBytes = launch.dynamicSharedBytes;
  config.stream = stream;
  config.attrs = &early;
  config.numAttrs = 1;
  return cudaLaunchKernelEx(&config, kKernel, conv, sizes);
#else
  kKernel<<<cudaDim(launch.grid), cudaDim(launch.block), launch.dynamicSharedBytes, stream>>>(conv, sizes);
  return cudaGetLastError();
#endif
}

template <uint32_t... kIndices>
cudaError_t launchOneOf(const ConvHalfArguments& conv, cudaStream_t stream, std::integer_sequence<uint32_t, kIndices...>) {
  cudaError_t error = cudaErrorInvalidValue;
  (void)((conv.variantIndex == kIndices && (error = launchTile<kIndices>(conv, stream), true)) || ...);
  return error;
}

}  // namespace

cudaError_t launchConvHalf(const ConvHalfArguments& conv, cudaStream_t stream) {
  return launchOneOf(conv, stream, std::make_integer_sequence<uint32_t, kConvHalfVariantCount>());
}

}  // namespace hka::kernels
