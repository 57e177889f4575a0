// Half GEMM for compute capability 9.0 alone: wgmma, whose operands lie in shared memory, fed by the copy engine. Compiled for any
// other target its kernels are empty, and the launcher says cudaErrorNotSupported on any other device.
//
//   warpgroup 0, one thread   waits for a free stage, asks the copy engine for the next step of A and B, and so on
//   warpgroups 1 and 2        wait for a full stage, multiply their 64 rows, free the stage; write their part of C
//
// One block stays on each multiprocessor and takes tile after tile, so that the next tile is loaded while this one is written. Two
// blocks of a cluster, one above the other in C, each load half of their part of B for both.
#include <cuda_fp16.h>

#include <utility>

#include "kernels/gemm/gemm_half_cuda.h"
#include "kernels/gemm/gemm_half_wgmma.cuh"

namespace hka::kernels {

struct TileGrid {
  uint32_t clusterRows;  // of tiles, counted in clusters
  uint32_t columns;      // of tiles
};

namespace {

constexpr int kTileDepth = 64;      // halves: 128 bytes, a row of the copy engine's widest swizzle
constexpr int kGroupRows = 64;      // of C, a warpgroup
constexpr int kBoxColumns = 64;     // 128 bytes
constexpr int kBoxBytes = 64 * 128; // 64 rows
constexpr int kStagedColumnsMax = 128; // of C, a warpgroup writes at once

// Where an operand lies: address, the distance of neighbouring 64-column boxes, and that of groups of 8 rows (8 · 128 bytes), each in
// units of 16 bytes; 1 at bit 62 is the 128-byte swizzle (PTX ISA, "Matrix descriptor format").
__device__ __forceinline__ uint64_t operandAt(uint32_t address) {
  return uint64_t{(address & 0x3ffff) >> 4} | uint64_t{kBoxBytes >> 4} << 16 | uint64_t{1024 >> 4} << 32 | uint64_t{1} << 62;
}

template <int kTileRows, int kTileColumns, int kStages, int kClusterBlocks>
struct Shared {
  static constexpr uint32_t kBytesOfA = kTileRows * kTileDepth * 2;
  static constexpr uint32_t kBytesOfB = kTileDepth * kTileColumns * 2;
  static constexpr uint32_t kStageBytes = kBytesOfA + kBytesOfB;
  uint32_t stages;    // A then B; a multiple of 1024, which the swizzle counts from
  uint32_t staged;    // C on its way out, 2 boxes a warpgroup
  uint32_t barriers;  // full ones, then free ones

  __device__ explicit Shared(const void* memory)
      : stages((sharedAddressOf(memory) + 1023) & ~1023U),
        staged(stages + kStages * kStageBytes),
        barriers(staged + kTileRows * kStagedColumnsMax * 2) {}
  __device__ uint32_t a(uint32_t stage) const { return stages + stage * kStageBytes; }
  __device__ uint32_t b(uint32_t stage) const { return a(stage) + kBytesOfA; }
  __device__ uint32_t full(uint32_t stage) const { return barriers + stage * 8; }
  __device__ uint32_t free(uint32_t stage) const { return barriers + (kStages + stage) * 8; }
};

// A ring of stages: the next one, and the parity of its phase.
template <int kStages>
struct RingPlace {
  uint32_t stage = 0;
  uint32_t parity = 0;
  __device__ void advance() {
    if (++stage < kStages) return;
    stage = 0;
    parity ^= 1;
  }
};

template <int kTileRows, int kTileColumns, int kStages, int kClusterBlocks>
__device__ void loadTiles(const Shared<kTileRows, kTileColumns, kStages, kClusterBlocks>& shared, const CUtensorMap* mapOfA,
                          const CUtensorMap* mapOfB, uint32_t depth, TileGrid grid) {
  using SharedType = Shared<kTileRows, kTileColumns, kStages, kClusterBlocks>;
  constexpr int kBoxes = kTileColumns / kBoxColumns;
  const uint32_t rank = kClusterBlocks > 1 ? blockRankInCluster() : 0;
  RingPlace<kStages> ring;
  for (uint32_t tile = blockIdx.x / kClusterBlocks; tile < grid.clusterRows * grid.columns; tile += gridDim.x / kClusterBlocks) {
    const TilePlace place = gemmHalfTilePlace(tile, grid.clusterRows, grid.columns);
    const uint32_t firstRow = (place.row * kClusterBlocks + rank) * kTileRows;
    const uint32_t firstColumn = place.column * kTileColumns;
    for (uint32_t firstK = 0; firstK < depth; firstK += kTileDepth, ring.advance()) {
      waitPhase(shared.free(ring.stage), ring.parity ^ 1);  // the phase before the first has ended: all stages are free
      const uint32_t full = shared.full(ring.stage);
      arriveAndExpect(full, SharedType::kStageBytes);
      copyBox(shared.a(ring.stage), mapOfA, firstK, firstRow, full);
#pragma unroll
      for (int i = 0; i < kBoxes / kClusterBlocks; ++i) {
        const uint32_t box = rank * (kBoxes / kClusterBlocks) + i;
        const uint32_t target = shared.b(ring.stage) + box * kBoxBytes;
        const uint32_t column = firstColumn + box * kBoxColumns;
        if constexpr (kClusterBlocks == 1) copyBox(target, mapOfB, column, firstK, full);
        else copyBoxToBlocks(target, mapOfB, column, firstK, full, (1 << kClusterBlocks) - 1);
      }
    }
  }
}

// Half a part of C at a time: registers → shared memory, in the copy engine's swizzle → C. `leader` is the one thread that talks to
// the copy engine.
template <int kTileColumns>
__device__ __forceinline__ void storeHalves(const float (&sum)[kTileColumns / 2], uint32_t staged, const CUtensorMap* mapOfC,
                                            uint32_t firstRow, uint32_t firstColumn, uint32_t group, bool isLeader) {
  constexpr int kStagedColumns = kTileColumns < kStagedColumnsMax ? kTileColumns : kStagedColumnsMax;
  const uint32_t lane = threadIdx.x % 32;
  const uint32_t row = threadIdx.x % 128 / 32 * 16 + lane % 16;
  const uint32_t stagedRow = staged + row * 128;
#pragma unroll
  for (int part = 0; part < kTileColumns / kStagedColumns; ++part) {
    if (isLeader) waitStoresRead();
    syncWarpgroup(group);
#pragma unroll
    for (int pair = 0; pair < kStagedColumns / 16; ++pair) {
      const int first = (part * kStagedColumns / 16 + pair) * 8;
      uint32_t halves[4];
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        const __half2 two = __floats2half2_rn(sum[first + i * 2], sum[first + i * 2 + 1]);
        halves[i] = *reinterpret_cast<const uint32_t*>(&two);
      }
      const uint32_t chunk = pair % 4 * 2 + lane / 16;
      storeMatrices(stagedRow + pair / 4 * kBoxBytes + ((chunk ^ row % 8) << 4), halves[0], halves[1], halves[2], halves[3]);
    }
    showWritesToCopyEngine();
    syncWarpgroup(group);
    if (isLeader) {
#pragma unroll
      for (int box = 0; box < kStagedColumns / kBoxColumns; ++box) {
        storeBox(mapOfC, staged + box * kBoxBytes, firstColumn + part * kStagedColumns + box * kBoxColumns, firstRow);
      }
      closeStoreGroup();
    }
  }
}

template <int kTileColumns>
__device__ __forceinline__ void storeFloats(const float (&sum)[kTileColumns / 2], const GemmHalfArguments& gemm, uint32_t firstRow,
                                            uint32_t firstColumn) {
  const uint32_t lane = threadIdx.x % 32;
  const uint32_t row = firstRow + threadIdx.x % 128 / 32 * 16 + lane / 4;
  float* const c = static_cast<float*>(gemm.c);
#pragma unroll
  for (int piece = 0; piece < kTileColumns / 8; ++piece) {
    const uint32_t column = firstColumn + piece * 8 + lane % 4 * 2;
    if (column >= gemm.columns) continue;  // columns is a multiple of 8, so pairs are whole
    float* const target = c + size_t{row} * gemm.columns + column;
    if (row < gemm.rows) *reinterpret_cast<float2*>(target) = make_float2(sum[piece * 4], sum[piece * 4 + 1]);
    if (row + 8 < gemm.rows) {
      *reinterpret_cast<float2*>(target + size_t{8} * gemm.columns) = make_float2(sum[piece * 4 + 2], sum[piece * 4 + 3]);
    }
  }
}

template <int kTileRows, int kTileColumns, int kStages, int kClusterBlocks>
__device__ void multiplyTiles(const Shared<kTileRows, kTileColumns, kStages, kClusterBlocks>& shared, const CUtensorMap* mapOfC,
                              const GemmHalfArguments& gemm, TileGrid grid) {
  const uint32_t group = threadIdx.x / 128;  // from 1
  const uint32_t thread = threadIdx.x % 128;
  const uint32_t rank = kClusterBlocks > 1 ? blockRankInCluster() : 0;
  const uint32_t staged = shared.staged + (group - 1) * kGroupRows * kStagedColumnsMax * 2;
  const uint32_t rowsOfA = (group - 1) * kGroupRows * kTileDepth * 2;
  const auto release = [&](uint32_t stage) {  // to every block that copies into it
    if (thread < kClusterBlocks) arriveAtBlock(shared.free(stage), thread);
  };
  RingPlace<kStages> ring;
  for (uint32_t tile = blockIdx.x / kClusterBlocks; tile < grid.clusterRows * grid.columns; tile += gridDim.x / kClusterBlocks) {
    const TilePlace place = gemmHalfTilePlace(tile, grid.clusterRows, grid.columns);
    float sum[kTileColumns / 2];
    uint32_t lastStage = 0;
    for (uint32_t firstK = 0; firstK < gemm.depth; firstK += kTileDepth) {
      waitPhase(shared.full(ring.stage), ring.parity);
      openProducts();
      const uint64_t a = operandAt(shared.a(ring.stage) + rowsOfA);
      const uint64_t b = operandAt(shared.b(ring.stage));
#pragma unroll
      for (int k = 0; k < kTileDepth / 16; ++k) {
        // 16 halves further in a row of A are 32 bytes; in B they are 16 rows of 128.
        multiplyAddGroup(sum, a + k * (32 >> 4), b + k * (2048 >> 4), k == 0 && firstK == 0);
      }
      closeProducts();
      if (firstK > 0) {
        waitProducts<1>();  // those of the step before
        release(lastStage);
      }
      lastStage = ring.stage;
      ring.advance();
    }
    waitProducts<0>();
    release(lastStage);
    const uint32_t firstRow = (place.row * kClusterBlocks + rank) * kTileRows + (group - 1) * kGroupRows;
    const uint32_t firstColumn = place.column * kTileColumns;
    if (gemm.isFloatOutput) storeFloats<kTileColumns>(sum, gemm, firstRow, firstColumn);
    else storeHalves<kTileColumns>(sum, staged, mapOfC, firstRow, firstColumn, group, thread == 0);
  }
  if (thread == 0) waitStoresDone();
}

}  // namespace

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
