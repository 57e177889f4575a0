// Half convolution on tensor cores as an implicit GEMM, compute capability 8.0 and later. A block walks along the depth, the taps of all
// input channels, with several steps in flight (cp.async); each warp keeps its sums in registers.
//
//   shared memory of a step: tilePixels rows of 64 halves of the windows, then tileChannels rows of the weights, in chunks of 8 halves.
//   Chunk c of row r lies at place c ^ r % 8, so that the 8 rows that one ldmatrix reads lie in 8 different groups of banks.
//   depth   ├ 16 ┼ 16 ┼ 16 ┼ 16 ┤   with 2 slices the warps of slice 0 multiply the first and third part of every step, those of slice 1
//                                   the others; with splits the blocks of a cluster each walk along their part of the steps
#include <utility>

#include "kernels/conv_half/conv_half_sums.cuh"
#include "kernels/conv_half/conv_half_tiles.cuh"
#include "kernels/gemm/gemm_half_cuda.h"

namespace hka::kernels {

// `sides` holds the output's height and width.
template <int kTilePixels, int kTileChannels, int kWarpPixels, int kWarpChannels, int kSlices, int kStages>
__global__ void __launch_bounds__(kTilePixels / kWarpPixels * (kTileChannels / kWarpChannels) * kSlices * 32)
    conv_half(const ConvHalfArguments conv, const uint2 sides, uint32_t pixelCount) {
  constexpr int kWarpsAcross = kTileChannels / kWarpChannels;
  constexpr int kSliceWarps = kTilePixels / kWarpPixels * kWarpsAcross;
  constexpr int kThreads = kSliceWarps * kSlices * 32;
  constexpr int kWindowChunks = kTilePixels * kConvHalfRowChunks;
  constexpr int kStageChunks = kWindowChunks + kTileChannels * kConvHalfRowChunks;
  constexpr int kPiecesDown = kWarpPixels / 16;
  constexpr int kPiecesAcross = kWarpChannels / 8;
  static_assert(kPiecesAcross % 2 == 0 && kConvHalfStepDepth / 16 % kSlices == 0);
  extern __shared__ uint4 stages[];

  const uint32_t firstPixel = blockIdx.x * kTilePixels;
  const uint32_t firstChannel = blockIdx.y * kTileChannels;
  const uint32_t depth = conv.window * conv.window * conv.channelsIn;
  const uint32_t allSteps = (depth + kConvHalfStepDepth - 1) / kConvHalfStepDepth;
  const uint32_t firstStep = allSteps * blockIdx.z / gridDim.z;
  const uint32_t stepCount = allSteps * (blockIdx.z + 1) / gridDim.z - firstStep;
  const int warp = threadIdx.x / 32;
  const int slice = warp / kSliceWarps;
  const int warpPixel = warp % kSliceWarps / kWarpsAcross * kWarpPixels;
  const int warpChannel = warp % kWarpsAcross * kWarpChannels;

  ConvHalfWindows<kTilePixels, kThreads> windows(conv, sides, pixelCount, firstPixel, firstStep);
  ConvHalfWeights<kTileChannels, kThreads> weights(conv, depth, firstChannel, firstStep);
  uint32_t loadedStep = 0;
  uint4* loadedStage = stages;
  const auto loadNextStep = [&] {
    if (loadedStep < stepCount) {
      windows.load(loadedStage);
      weights.load(loadedStage + kWindowChunks);
    }
    closeCopyGroup();  // an empty group counts too, so that the number to wait for stays the same to the end
    ++loadedStep;
    loadedStage = loadedStage == stages + (kStages - 1) * kStageChunks ? stages : loadedStage + kStageChunks;
  };

  waitForKernelBefore();
  float sums[kPiecesDown][kPiecesAcross][4] = {};
  const uint4* stage = stages;
  for (int step = 0; step < kStages - 1; ++step) loadNextStep();
  for (uint32_t step = 0; step < stepCount; ++step) {
    waitCopyGroups<kStages - 2>();
    __syncthreads();  // the step has come for all threads, and none still reads the one before, which is overwritten next
    loadNextStep();
#pragma unroll
    for (int part = 0; part < static_cast<int>(kConvHalfStepDepth) / 16 / kSlices; ++part) {
      ConvHalfPieces<kPiecesDown, kPiecesAcross> pieces;
      pieces.load(stage, stage + kWindowChunks, warpPixel, warpChannel, (part * kSlices + slice) * 2);
      pieces.multiplyAddTo(sums);
    }
    stage = stage == stages + (kStages - 1) * kStageChunks ? stages : stage + kStageChunks;
  }
  __syncthreads();  // the last step has been read; every copy has come, as the groups behind it are empty
  constexpr int kRowFloats = kTileChannels + kConvHalfSumsGap;
  float* const kept = reinterpret_cast<float*>(stages);
  keepSums<kRowFloats>(kept + (slice * kTilePixels + warpPixel) * kRowFloats + warpChannel, sums);
  if (gridDim.z > 1) waitForCluster();
  else __syncthreads();
  writeSums<kTilePixels, kTileChannels, kSlices, kThreads>(conv, kept, pixelCount, firstPixel, firstChannel);
  if (gridDim.z > 1) waitForCluster();  // no block ends while another still reads its sums
}

namespace {

template <uint32_t kIndex>
cudaError_t launchTile(const ConvHalfArguments& conv, cudaStream_t stream) {
  constexpr ConvHalfVariant kVariant = kConvHalfVariants[kIndex];
  constexpr auto kKernel = conv_half<kVariant.tilePixels, kVariant.tileChannels, kVariant.warpPixels, kVariant.warpChannels,
                                     kVariant.slices, kVariant.stages>;
  const Launch launch = convHalfLaunch(conv);
  const cudaError_t error = allowDynamicShared<kKernel>(launch.dynamicSharedBytes);
  if (error != cudaSuccess) return error;
  const uint2 sides = make_uint2(convHalfSide(conv, conv.height), convHalfSide(conv, conv.width));
  const auto pixelCount = static_cast<uint32_t>(convHalfPixels(conv));
  if (conv.splits == 1) {
    kKernel<<<cudaDim(launch.grid), cudaDim(launch.block), launch.dynamicSharedBytes, stream>>>(conv, sides, pixelCount);
    return cudaGetLastError();
  }
#if CUDART_VERSION >= 11080
  cudaLaunchAttribute cluster = {};
  cluster.id = cudaLaunchAttributeClusterDimension;
  cluster.val.clusterDim = {1, 1, conv.splits};
  cudaLaunchConfig_t config = {};
  config.gridDim = cudaDim(launch.grid);
  config.blockDim = cudaDim(launch.block);
  config.dynamicSmemBytes = launch.dynamicSharedBytes;
  config.stream = stream;
  config.attrs = &cluster;
  config.numAttrs = 1;
  return cudaLaunchKernelEx(&config, kKernel, conv, sides, pixelCount);
#else
  return cudaErrorNotSupported;
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
