// The two roles of half_wgmma.cu: a thread that keeps the stages full, and warpgroups that multiply them and write C. They meet at two
// barriers a stage: "full" ends a phase when all its bytes have come, "free" when every warpgroup that reads it is done.
#pragma once

#include <cuda_fp16.h>

#include "kernels/gemm/gemm_half.h"
#include "kernels/gemm/gemm_half_wgmma.cuh"

namespace hka::kernels {

struct TileGrid {
  uint32_t clusterRows;  // of tiles, counted in clusters
  uint32_t columns;      // of tiles
};

constexpr int kTileDepth = 64;          // halves: 128 bytes, a row of the copy engine's widest swizzle
constexpr int kGroupRows = 64;          // of C, a warpgroup
constexpr int kBoxColumns = 64;         // 128 bytes
constexpr int kBoxBytes = 64 * 128;     // 64 rows
constexpr int kStagedColumnsMax = 128;  // of C, that a warpgroup writes at once

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

}  // namespace hka::kernels
