// C = A · B with half inputs and sums in float32, row-major: A is rows × depth, B is depth × columns. Two ideas, each in several
// tiles: mma.sync (compute capability 8.0 and later, any sizes) and wgmma (9.0 only, depth and columns multiples of 8).
#pragma once

#include "kernels/common/launch.h"

// Device code shares the order of tiles with the CPU twin.
#ifdef __CUDACC__
#define HKA_HOST_DEVICE __host__ __device__
#else
#define HKA_HOST_DEVICE
#endif

namespace hka::kernels {

struct GemmHalfVariant {
  const char* word;          // what a user writes
  const char* name;          // the kernel, as CUDA demangles it
  const char* scalarName;    // the one for sizes whose rows are not whole multiples of 16 bytes; empty: there is none
  bool isWgmma;
  int tileRows;              // of C, a block
  int tileColumns;
  int tileDepth;             // a step along the depth
  int warpRows;              // of C, a warp; for wgmma a warpgroup
  int warpColumns;
  int stages;                // steps in flight
  int clusterBlocks;         // blocks, one above the other in C, that share their part of B
};

#define HKA_MMA(rows, columns, depth, warpRows, warpColumns, stages)                                                            \
  {"mma_" #rows "x" #columns "x" #depth "_" #warpRows "x" #warpColumns "_" #stages,                                             \
   "gemm_half_mma<" #rows ", " #columns ", " #depth ", " #warpRows ", " #warpColumns ", " #stages ", 8>",                       \
   "gemm_half_mma<" #rows ", " #columns ", " #depth ", " #warpRows ", " #warpColumns ", " #stages ", 1>",                       \
   false, rows, columns, depth, warpRows, warpColumns, stages, 1}
#define HKA_WGMMA(rows, columns, stages, clusterBlocks)                                                                         \
  {"wgmma_" #rows "x" #columns "_" #stages "_" #clusterBlocks,                                                                  \
   "gemm_half_wgmma<" #rows ", " #columns ", " #stages ", " #clusterBlocks ">", "",                                            \
   true, rows, columns, 64, 64, columns, stages, clusterBlocks}

// rows × columns × depth of a tile, then those of a warp, then stages. wgmma: rows × columns, stages, blocks of a cluster.
constexpr GemmHalfVariant kGemmHalfVariants[] = {
    HKA_MMA(64, 64, 64, 32, 32, 4),    // for small sides, and for many blocks
    HKA_MMA(64, 128, 64, 32, 64, 3),   //
    HKA_MMA(128, 128, 32, 64, 64, 4),  // two blocks a multiprocessor on Orin
    HKA_MMA(128, 128, 64, 64, 64, 3),  //
    HKA_MMA(256, 128, 64, 64, 64, 3),  // all that a multiprocessor of Orin has
    HKA_WGMMA(128, 64, 6, 1),          //
    HKA_WGMMA(128, 128, 6, 2),         //
    HKA_WGMMA(128, 256, 4, 1),         //
    HKA_WGMMA(128, 256, 4, 2),
};
#undef HKA_MMA
#undef HKA_WGMMA
constexpr uint32_t kGemmHalfDefaultIndex = 2;
constexpr uint32_t kGemmHalfVariantCount = sizeof(kGemmHalfVariants) / sizeof(kGemmHalfVariants[0]);

struct GemmHalfArguments {
  const uint16_t* a = nullptr;  // bits of halves
  const uint16_t* b = nullptr;
  void* c = nullptr;            // halves, or floats when isFloatOutput
  uint32_t rows = 0;
  uint32_t columns = 0;
  uint32_t depth = 0;
  uint32_t variantIndex = 0;           // of kGemmHalfVariants
  uint32_t multiprocessorCount = 132;  // of the device: a wgmma block stays and takes tile after tile, so there is one for each
  bool isFloatOutput = false;
};

inline const GemmHalfVariant& gemmHalfVariant(const GemmHalfArguments& gemm) { return kGemmHalfVariants[gemm.variantIndex]; }

// Whether every row starts at a multiple of 16 bytes, so that 8 halves can be loaded at once and the copy engine can be used.
inline bool isGemmHalfAligned(const GemmHalfArguments& gemm) {
  const uintptr_t bits = reinterpret_cast<uintptr_t>(gemm.a) | reinterpret_cast<uintptr_t>(gemm.b) | reinterpret_cast<uintptr_t>(gemm.c);
  return gemm.depth % 8 == 0 && gemm.columns % 8 == 0 && bits % 16 == 0;
}

// The tile (row, column) that is computed as number `index`. Bands of kBandRows tile rows are walked column by column, so that the
// tiles that run at the same time make a square of C, which reads the least of A and B.
struct TilePlace {
  uint32_t row;
  uint32_t column;
};
constexpr uint32_t kBandRows = 8;
HKA_HOST_DEVICE inline TilePlace gemmHalfTilePlace(uint32_t index, uint32_t tileRowCount, uint32_t tileColumnCount) {
  const uint32_t bandTileCount = kBandRows * tileColumnCount;
  const uint32_t firstRow = index / bandTileCount * kBandRows;
  const uint32_t bandRows = tileRowCount - firstRow < kBandRows ? tileRowCount - firstRow : kBandRows;
  const uint32_t inBand = index % bandTileCount;
  return {firstRow + inBand % bandRows, inBand / bandRows};
}

// Tile rows are counted in clusters: a cluster takes clusterBlocks tiles of one column at once.
inline uint64_t gemmHalfClusterCount(const GemmHalfArguments& gemm) {
  const GemmHalfVariant& variant = gemmHalfVariant(gemm);
  return uint64_t{ceilDiv(gemm.rows, uint64_t(variant.tileRows) * variant.clusterBlocks)} * ceilDiv(gemm.columns, variant.tileColumns);
}

inline Launch gemmHalfLaunch(const GemmHalfArguments& gemm) {
  const GemmHalfVariant& variant = gemmHalfVariant(gemm);
  const uint64_t stageBytes = uint64_t(variant.tileRows + variant.tileColumns) * variant.tileDepth * sizeof(uint16_t);
  uint64_t clusterCount = gemmHalfClusterCount(gemm);
  Launch launch;
  if (variant.isWgmma) {
    const uint64_t residentCount = gemm.multiprocessorCount / variant.clusterBlocks;
    if (clusterCount > residentCount && residentCount > 0) clusterCount = residentCount;
    launch.name = variant.name;
    launch.block = {uint32_t(variant.tileRows / variant.warpRows + 1) * 128, 1, 1};  // and a warpgroup that loads
    // Up to 1024 bytes to align the stages, 128 columns of C on their way out, and the barriers.
    launch.dynamicSharedBytes = static_cast<uint32_t>(1024 + variant.stages * stageBytes + variant.tileRows * 128 * sizeof(uint16_t) + 256);
  } else {
    launch.name = isGemmHalfAligned(gemm) ? variant.name : variant.scalarName;
    launch.block = {uint32_t(variant.tileRows / variant.warpRows * (variant.tileColumns / variant.warpColumns)) * 32, 1, 1};
    launch.dynamicSharedBytes = static_cast<uint32_t>(variant.stages * stageBytes);
  }
  launch.grid = {static_cast<uint32_t>(clusterCount * variant.clusterBlocks), 1, 1};
  return launch;
}

// A product and a sum for each of rows × columns × depth.
inline double gemmHalfFlops(const GemmHalfArguments& gemm) { return 2.0 * gemm.rows * gemm.columns * gemm.depth; }

// Least traffic: each input read once, each output written once.
inline double gemmHalfBytes(const GemmHalfArguments& gemm) {
  const double inputCount = static_cast<double>(gemm.rows) * gemm.depth + static_cast<double>(gemm.depth) * gemm.columns;
  return inputCount * 2 + static_cast<double>(gemm.rows) * gemm.columns * (gemm.isFloatOutput ? 4 : 2);
}

}  // namespace hka::kernels
