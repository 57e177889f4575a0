// Half GEMM on tensor cores with mma.sync, compute capability 8.0 and later. A block walks along the depth with several steps in
// flight (cp.async); each warp keeps its part of C in registers as 16 × 8 pieces.
//
//   shared memory of a stage: A as tileRows rows of tileDepth halves, B as tileDepth rows of tileColumns halves, in chunks of 8
//   halves (16 bytes). Chunk c of row r lies at place c ^ f(r), so that the 8 rows that one ldmatrix reads lie in 8 different
//   groups of banks.
#include <utility>

#include "kernels/gemm/gemm_half_cuda.h"
#include "kernels/gemm/gemm_half_mma_tiles.cuh"

namespace hka::kernels {

template <int kTileRows, int kTileColumns, int kTileDepth, int kWarpRows, int kWarpColumns, int kStages, int kLoadHalves>
__global__ void __launch_bounds__(kTileRows / kWarpRows * (kTileColumns / kWarpColumns) * 32)
    gemm_half_mma(const GemmHalfArguments gemm, uint32_t tileRowCount, uint32_t tileColumnCount) {
  constexpr int kWarpsAcross = kTileColumns / kWarpColumns;
  constexpr int kThreads = kTileRows / kWarpRows * kWarpsAcross * 32;
  constexpr int kChunksOfA = kTileRows * kTileDepth / 8;
  constexpr int kChunksOfB = kTileDepth * kTileColumns / 8;
  constexpr int kStageChunks = kChunksOfA + kChunksOfB;
  constexpr int kPiecesDown = kWarpRows / 16;
  constexpr int kPiecesAcross = kWarpColumns / 8;
  static_assert(kTileDepth % 32 == 0);  // an even number of pieces, so that each step begins with the same registers
  extern __shared__ uint4 stages[];  // kStages times A, then B

  const TilePlace place = gemmHalfTilePlace(blockIdx.x, tileRowCount, tileColumnCount);
  const uint32_t firstRow = place.row * kTileRows;
  const uint32_t firstColumn = place.column * kTileColumns;
  const uint32_t stepCount = (gemm.depth + kTileDepth - 1) / kTileDepth;
  const int warpRow = threadIdx.x / 32 / kWarpsAcross * kWarpRows;
  const int warpColumn = threadIdx.x / 32 % kWarpsAcross * kWarpColumns;

  const BoxLoader<kTileRows, kTileDepth, kThreads, kLoadHalves> loaderOfA = {gemm.a, gemm.rows, gemm.depth};
  const BoxLoader<kTileDepth, kTileColumns, kThreads, kLoadHalves> loaderOfB = {gemm.b, gemm.depth, gemm.columns};
  uint32_t loadedStep = 0;
  uint4* loadedStage = stages;
  const auto loadNextStep = [&] {
    if (loadedStep < stepCount) {
      const uint32_t firstK = loadedStep * kTileDepth;
      loaderOfA.load(loadedStage, firstRow, firstK);
      loaderOfB.load(loadedStage + kChunksOfA, firstK, firstColumn);
    }
    closeCopyGroup();  // an empty group counts too, so that the number to wait for stays the same to the end
    ++loadedStep;
    loadedStage = loadedStage == stages + (kStages - 1) * kStageChunks ? stages : loadedStage + kStageChunks;
  };

  const uint4* stage = stages;
  Pieces<kTileDepth, kTileColumns, kPiecesDown, kPiecesAcross> pieces[2];  // those in use, and the next ones on their way
  float sums[kPiecesDown][kPiecesAcross][4] = {};
  for (int step = 0; step < kStages - 1; ++step) loadNextStep();
  waitCopyGroups<kStages - 2>();
  __syncthreads();
  pieces[0].load(stage, stage + kChunksOfA, warpRow, warpColumn, 0);
  for (uint32_t step = 0; step < stepCount; ++step) {
#pragma unroll
    for (int k = 0; k < kTileDepth; k += 16) {
      auto& next = pieces[(k / 16 + 1) % 2];
      if (k + 16 < kTileDepth) {
        next.load(stage, stage + kChunksOfA, warpRow, warpColumn, k + 16);
      } else {
        waitCopyGroups<kStages - 2>();
        __syncthreads();  // the next step has come for all threads, and none still reads this one, which is overwritten next
        stage = stage == stages + (kStages - 1) * kStageChunks ? stages : stage + kStageChunks;
        if (step + 1 < stepCount) next.load(stage, stage + kChunksOfA, warpRow, warpColumn, 0);
      }
      if (k == 0) loadNextStep();
      pieces[k / 16 % 2].multiplyAddTo(sums);
    }
  }
  const uint32_t row = firstRow + warpRow + threadIdx.x % 32 / 4;
  const uint32_t column = firstColumn + warpColumn + threadIdx.x % 4 * 2;
  constexpr bool kIsEven = kLoadHalves == 8;
  if (gemm.isFloatOutput) storeSums<kIsEven>(sums, static_cast<float*>(gemm.c), gemm.rows, gemm.columns, row, column);
  else storeSums<kIsEven>(sums, static_cast<__half*>(gemm.c), gemm.rows, gemm.columns, row, column);
}

namespace {

template <uint32_t kIndex, int kLoadHalves>
cudaError_t launchMma(const GemmHalfArguments& gemm, cudaStream_t stream) {
  constexpr GemmHalfVariant kVariant = kGemmHalfVariants[kIndex];
  constexpr auto kKernel = gemm_half_mma<kVariant.tileRows, kVariant.tileColumns, kVariant.tileDepth, kVariant.warpRows,
                                         kVariant.warpColumns, kVariant.stages, kLoadHalves>;
  const Launch launch = gemmHalfLaunch(gemm);
  const cudaError_t error = allowDynamicShared<kKernel>(launch.dynamicSharedBytes);
  if (error != cudaSuccess) return error;
  kKernel<<<launch.grid.x, launch.block.x, launch.dynamicSharedBytes, stream>>>(gemm, ceilDiv(gemm.rows, kVariant.tileRows),
                                                                                ceilDiv(gemm.columns, kVariant.tileColumns));
  return cudaGetLastError();
}

template <uint32_t kIndex>
cudaError_t launchVariant(const GemmHalfArguments& gemm, cudaStream_t stream) {
  if constexpr (kGemmHalfVariants[kIndex].isWgmma) {
#ifdef HAVE_WGMMA
    return launchGemmHalfWgmma(gemm, stream);
#else
    return cudaErrorNotSupported;
#endif
  } else {
    return isGemmHalfAligned(gemm) ? launchMma<kIndex, 8>(gemm, stream) : launchMma<kIndex, 1>(gemm, stream);
  }
}

template <uint32_t... kIndices>
cudaError_t launchOneOf(const GemmHalfArguments& gemm, cudaStream_t stream, std::integer_sequence<uint32_t, kIndices...>) {
  cudaError_t error = cudaErrorInvalidValue;
  (void)((gemm.variantIndex == kIndices && (error = launchVariant<kIndices>(gemm, stream), true)) || ...);
  return error;
}

}  // namespace

cudaError_t launchGemmHalf(const GemmHalfArguments& gemm, cudaStream_t stream) {
  return launchOneOf(gemm, stream, std::make_integer_sequence<uint32_t, kGemmHalfVariantCount>());
}

}  // namespace hka::kernels
