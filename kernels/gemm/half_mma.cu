// Half GEMM on tensor cores with mma.sync, compute capability 8.0 and later. A block walks along the depth with several steps in
// flight (cp.async); each warp keeps its part of C in registers as 16 × 8 pieces.
//
//   shared memory of a stage: A as tileRows rows of tileDepth halves, B as tileDepth rows of tileColumns halves, in chunks of 8
//   halves (16 bytes). Chunk c of row r lies at place c ^ f(r), so that the 8 rows that one ldmatrix reads lie in 8 different
//   groups of banks.
#include <cuda_fp16.h>

#include <utility>

#include "kernels/gemm/gemm_half_cuda.h"
#include "kernels/gemm/gemm_half_mma.cuh"

namespace hka::kernels {
namespace {

// Brings a box of a row-major matrix into shared memory; what lies outside the matrix is zero, so that the product has no edges. A
// thread always takes the same chunk of a row, and every kRowStep-th row, so that only the place of the box changes from step to step.
template <int kRows, int kColumns, int kThreads, int kLoadHalves>
struct BoxLoader {
  static constexpr int kRowChunks = kColumns / 8;
  static constexpr int kRowStep = kThreads / kRowChunks;
  static_assert(kThreads % kRowChunks == 0 && kRows % kRowStep == 0);
  static_assert(kRowStep % 8 == 0);  // then chunkPlace() moves all chunks of a thread alike

  const uint16_t* matrix;
  uint32_t rowCount;
  uint32_t columnCount;
  uint32_t row = threadIdx.x / kRowChunks;
  uint32_t column = threadIdx.x % kRowChunks * 8;

  __device__ void load(uint4* stage, uint32_t firstRow, uint32_t firstColumn) const {
    uint4* const target = stage + chunkPlace<kRowChunks>(row, column / 8);
    const uint32_t fromColumn = firstColumn + column;
    const uint16_t* const source = matrix + size_t{firstRow + row} * columnCount + fromColumn;
    // One by one where the halves of a chunk pass through 8 registers.
#pragma unroll(kLoadHalves == 8 ? kRows / kRowStep : 1)
    for (int i = 0; i < kRows / kRowStep; ++i) {
      const bool isRow = firstRow + row + i * kRowStep < rowCount;
      const uint16_t* const from = source + size_t{columnCount} * (i * kRowStep);
      if constexpr (kLoadHalves == 8) {
        const bool isInside = isRow && fromColumn < columnCount;
        copyChunkAsync(target + i * kRowStep * kRowChunks, isInside ? from : matrix, isInside);
      } else {
        uint32_t halves[8];
#pragma unroll
        for (int k = 0; k < 8; ++k) halves[k] = isRow && fromColumn + k < columnCount ? __ldg(from + k) : 0;
        target[i * kRowStep * kRowChunks] = make_uint4(halves[0] | halves[1] << 16, halves[2] | halves[3] << 16,
                                                       halves[4] | halves[5] << 16, halves[6] | halves[7] << 16);
      }
    }
  }
};

__device__ __forceinline__ void store(float* target, float value) { *target = value; }
__device__ __forceinline__ void store(__half* target, float value) { *target = __float2half_rn(value); }
__device__ __forceinline__ void storePair(float* target, float left, float right) {
  *reinterpret_cast<float2*>(target) = make_float2(left, right);
}
__device__ __forceinline__ void storePair(__half* target, float left, float right) {
  *reinterpret_cast<__half2*>(target) = __floats2half2_rn(left, right);
}

// Writes a warp's sums from (row, column) on, which is the thread's own place in the first 16 × 8 piece. kIsEven: columnCount is, so
// that pairs are aligned and either whole or outside.
template <bool kIsEven, typename Element, int kPiecesDown, int kPiecesAcross>
__device__ __forceinline__ void storeSums(const float (&sums)[kPiecesDown][kPiecesAcross][4], Element* c, uint32_t rowCount,
                                          uint32_t columnCount, uint32_t firstRow, uint32_t firstColumn) {
#pragma unroll
  for (int half = 0; half < kPiecesDown * 2; ++half) {
    const uint32_t row = firstRow + half * 8;
    if (row >= rowCount) return;
    Element* const target = c + size_t{row} * columnCount;
#pragma unroll
    for (int across = 0; across < kPiecesAcross; ++across) {
      const uint32_t column = firstColumn + across * 8;
      const float left = sums[half / 2][across][half % 2 * 2];
      const float right = sums[half / 2][across][half % 2 * 2 + 1];
      if constexpr (kIsEven) {
        if (column < columnCount) storePair(target + column, left, right);
      } else {
        if (column < columnCount) store(target + column, left);
        if (column + 1 < columnCount) store(target + column + 1, right);
      }
    }
  }
}

}  // namespace

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
  const int lane = threadIdx.x % 32;

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

  uint32_t a[2][kPiecesDown][4];
  uint32_t b[2][kPiecesAcross][2];
  const uint4* stage = stages;
  const auto loadPieces = [&](int half, int k) {
#pragma unroll
    for (int down = 0; down < kPiecesDown; ++down) {
      loadMatrices(a[half][down], stage + chunkPlace<kTileDepth / 8>(warpRow + down * 16 + lane % 16, k / 8 + lane / 16));
    }
#pragma unroll
    for (int across = 0; across < kPiecesAcross; across += 2) {
      uint32_t pieces[4];
      const uint32_t chunk = (warpColumn + across * 8) / 8 + lane / 16;
      loadMatricesTransposed(pieces, stage + kChunksOfA + chunkPlace<kTileColumns / 8>(k + lane % 16, chunk));
      b[half][across][0] = pieces[0];
      b[half][across][1] = pieces[1];
      b[half][across + 1][0] = pieces[2];
      b[half][across + 1][1] = pieces[3];
    }
  };

  float sums[kPiecesDown][kPiecesAcross][4] = {};
  for (int step = 0; step < kStages - 1; ++step) loadNextStep();
  waitCopyGroups<kStages - 2>();
  __syncthreads();
  loadPieces(0, 0);
  for (uint32_t step = 0; step < stepCount; ++step) {
#pragma unroll
    for (int k = 0; k < kTileDepth; k += 16) {
      const int half = k / 16 % 2;  // the registers in use; the others get the next pieces meanwhile
      if (k + 16 < kTileDepth) {
        loadPieces(1 - half, k + 16);
      } else {
        waitCopyGroups<kStages - 2>();
        __syncthreads();  // the next step has come for all threads, and none still reads this one, which is overwritten next
        stage = stage == stages + (kStages - 1) * kStageChunks ? stages : stage + kStageChunks;
        if (step + 1 < stepCount) loadPieces(1 - half, 0);
      }
      if (k == 0) loadNextStep();
#pragma unroll
      for (int down = 0; down < kPiecesDown; ++down) {
#pragma unroll
        for (int across = 0; across < kPiecesAcross; ++across) multiplyAdd(sums[down][across], a[half][down], b[half][across]);
      }
    }
  }
  const uint32_t row = firstRow + warpRow + lane / 4;
  const uint32_t column = firstColumn + warpColumn + lane % 4 * 2;
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
