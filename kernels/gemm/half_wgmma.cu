// Architectures: sm_90a
// Half GEMM for compute capability 9.0 alone: wgmma, whose operands lie in shared memory, fed by the copy engine. Compiled for any
// other target its kernels are empty, and the launcher says cudaErrorNotSupported on any other device.
//
//   warpgroup 0, one thread   waits for a free stage, asks the copy engine for the next step of A and B, and so on
//   warpgroups 1 and 2        wait for a full stage, multiply their 64 rows, free the stage; write their part of C
//
// One block stays on each multiprocessor and takes tile after tile, so that the next tile is loaded while this one is written. Two
// blocks of a cluster, one above the other in C, each load half of their part of B for both.
#include <utility>

#include "kernels/gemm/gemm_half_cuda.h"
#include "kernels/gemm/gemm_half_wgmma_roles.cuh"

namespace hka::kernels {

template <int kTileRows, int kTileColumns, int kStages, int kClusterBlocks>
__global__ void __launch_bounds__((kTileRows / kGroupRows + 1) * 128, 1)
    gemm_half_wgmma(const __grid_constant__ CUtensorMap mapOfA, const __grid_constant__ CUtensorMap mapOfB,
                    const __grid_constant__ CUtensorMap mapOfC, const GemmHalfArguments gemm, const TileGrid grid) {
#ifdef __CUDA_ARCH_FEAT_SM90_ALL
  static_assert(kTileRows == 2 * kGroupRows);  // or other numbers of registers below
  extern __shared__ uint8_t memory[];
  const Shared<kTileRows, kTileColumns, kStages, kClusterBlocks> shared(memory);
  if (threadIdx.x == 0) {
    for (uint32_t stage = 0; stage < kStages; ++stage) {
      makeBarrier(shared.full(stage), 1);
      makeBarrier(shared.free(stage), kClusterBlocks * kTileRows / kGroupRows);
    }
    showBarriersToCluster();
    prefetchMap(&mapOfA);
    prefetchMap(&mapOfB);
    prefetchMap(&mapOfC);
  }
  syncCluster();
  // 65,536 registers: 3 · 128 threads start with 168; 128 · 40 + 256 · 232 = 64,512 of them.
  if (threadIdx.x < 128) {
    giveRegistersBack<40>();
    if (threadIdx.x == 0) loadTiles(shared, &mapOfA, &mapOfB, gemm.depth, grid);
  } else {
    takeRegisters<232>();
    multiplyTiles(shared, &mapOfC, gemm, grid);
  }
  // Until both blocks are through, either may still copy into the other or arrive at its barriers.
  __syncwarp();
  syncCluster();
#endif
}

namespace {

using EncodeTiled = decltype(&cuTensorMapEncodeTiled);

// The driver's function, without linking to the driver. nullptr where it has none.
EncodeTiled encodeTiled() {
  static const EncodeTiled found = [] {
    void* function = nullptr;
    cudaDriverEntryPointQueryResult result = cudaDriverEntryPointSymbolNotFound;
#if CUDART_VERSION >= 12050
    const cudaError_t error = cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &function, 12000, cudaEnableDefault, &result);
#else
    const cudaError_t error = cudaGetDriverEntryPoint("cuTensorMapEncodeTiled", &function, cudaEnableDefault, &result);
#endif
    if (error != cudaSuccess) (void)cudaGetLastError();
    return error == cudaSuccess && result == cudaDriverEntryPointSuccess ? reinterpret_cast<EncodeTiled>(function) : nullptr;
  }();
  return found;
}

// A row-major matrix of halves in boxes of boxRows × 64.
bool encodeMap(CUtensorMap& map, const void* matrix, uint32_t rows, uint32_t columns, uint32_t boxRows) {
  const cuuint64_t counts[2] = {columns, rows};
  const cuuint64_t rowBytes[1] = {cuuint64_t{columns} * 2};
  const cuuint32_t box[2] = {kBoxColumns, boxRows};
  const cuuint32_t steps[2] = {1, 1};
  return encodeTiled()(&map, CU_TENSOR_MAP_DATA_TYPE_FLOAT16, 2, const_cast<void*>(matrix), counts, rowBytes, box, steps,
                       CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B, CU_TENSOR_MAP_L2_PROMOTION_L2_256B,
                       CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE) == CUDA_SUCCESS;
}

bool isHopper() {
  int device = 0;
  int major = 0;
  int minor = 0;
  return cudaGetDevice(&device) == cudaSuccess &&
         cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device) == cudaSuccess &&
         cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, device) == cudaSuccess && major == 9 && minor == 0;
}

template <uint32_t kIndex>
cudaError_t launchVariant(const GemmHalfArguments& gemm, cudaStream_t stream) {
  constexpr GemmHalfVariant kVariant = kGemmHalfVariants[kIndex];
  if constexpr (kVariant.isWgmma) {
    constexpr auto kKernel = gemm_half_wgmma<kVariant.tileRows, kVariant.tileColumns, kVariant.stages, kVariant.clusterBlocks>;
    const Launch launch = gemmHalfLaunch(gemm);
    CUtensorMap a;
    CUtensorMap b;
    CUtensorMap c = {};
    if (!encodeMap(a, gemm.a, gemm.rows, gemm.depth, kVariant.tileRows) ||
        !encodeMap(b, gemm.b, gemm.depth, gemm.columns, kTileDepth) ||
        (!gemm.isFloatOutput && !encodeMap(c, gemm.c, gemm.rows, gemm.columns, kGroupRows))) {
      return cudaErrorInvalidValue;
    }
    const cudaError_t error = allowDynamicShared<kKernel>(launch.dynamicSharedBytes);
    if (error != cudaSuccess) return error;
    cudaLaunchAttribute cluster[1];
    cluster[0].id = cudaLaunchAttributeClusterDimension;
    cluster[0].val.clusterDim = {unsigned(kVariant.clusterBlocks), 1, 1};
    cudaLaunchConfig_t config = {};
    config.gridDim = dim3(launch.grid.x);
    config.blockDim = dim3(launch.block.x);
    config.dynamicSmemBytes = launch.dynamicSharedBytes;
    config.stream = stream;
    config.attrs = cluster;
    config.numAttrs = 1;
    const TileGrid grid = {ceilDiv(gemm.rows, kVariant.tileRows * kVariant.clusterBlocks), ceilDiv(gemm.columns, kVariant.tileColumns)};
    (void)cudaLaunchKernelEx(&config, kKernel, a, b, c, gemm, grid);
    return cudaGetLastError();
  } else {
    return cudaErrorInvalidValue;
  }
}

template <uint32_t... kIndices>
cudaError_t launchOneOf(const GemmHalfArguments& gemm, cudaStream_t stream, std::integer_sequence<uint32_t, kIndices...>) {
  cudaError_t error = cudaErrorInvalidValue;
  (void)((gemm.variantIndex == kIndices && (error = launchVariant<kIndices>(gemm, stream), true)) || ...);
  return error;
}

}  // namespace

cudaError_t launchGemmHalfWgmma(const GemmHalfArguments& gemm, cudaStream_t stream) {
  if (!isHopper() || !isGemmHalfAligned(gemm) || encodeTiled() == nullptr) return cudaErrorNotSupported;
  return launchOneOf(gemm, stream, std::make_integer_sequence<uint32_t, kGemmHalfVariantCount>());
}

}  // namespace hka::kernels
