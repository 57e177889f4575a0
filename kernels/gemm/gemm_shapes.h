// The variants of the FP32 GEMM: each by its name and the squares it divides C into. Listed here once; kernels, twins, launches and
// what JavaScript may ask for all come from this list.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hka::kernels {

enum class GemmIdea : uint8_t { kNaive, kTile, kRegister, kVector, kDouble, kWarp, kSplit };

// Rows and columns of C that a block, a warp and a thread compute; 0 where the idea has no such level.
struct GemmShape {
  uint32_t blockRows;
  uint32_t blockColumns;
  uint32_t blockDepth;  // steps of the depth that lie in shared memory together
  uint32_t threadRows;
  uint32_t threadColumns;
  uint32_t warpRows;
  uint32_t warpColumns;
  uint32_t stages;     // how many times blockDepth steps have room in shared memory
  uint32_t slices;     // groups of warps that share the depth of one block
  uint32_t blocksMin;  // resident on a multiprocessor; the compiler keeps the registers low enough for it
};

struct GemmVariant {
  const char* name;
  GemmIdea idea;
  GemmShape shape;
};

// Warp-tiled kernels: X(blockRows, blockColumns, blockDepth, threadRows, threadColumns, warpRows, warpColumns, stages, slices,
// blocksMin). Which is best where was measured; README.md has the figures.
#define HKA_GEMM_WARPS_WIDE(X)                  \
  X(128, 256, 32, 8, 16, 64, 64, 3, 1, 1)       \
  X(128, 256, 16, 8, 16, 64, 64, 3, 1, 1)       \
  X(128, 128, 16, 8, 16, 64, 64, 3, 1, 2)       \
  X(128, 128, 16, 8, 8, 32, 64, 3, 1, 2)        \
  X(64, 64, 16, 4, 8, 32, 32, 4, 1, 3)
#define HKA_GEMM_WARPS_SLICED(X)                \
  X(64, 128, 32, 8, 16, 64, 64, 3, 4, 1)        \
  X(64, 64, 32, 8, 8, 32, 64, 3, 2, 2)          \
  X(32, 64, 32, 8, 8, 32, 64, 4, 4, 1)          \
  X(32, 64, 64, 8, 8, 32, 64, 3, 8, 1)
// The kernel that the split-K variant runs on each part of the depth.
#define HKA_GEMM_SPLIT_SHAPE 64, 64, 32, 8, 8, 32, 64, 3, 4, 2

#define HKA_GEMM_WARP_VARIANT(blockRows, blockColumns, blockDepth, threadRows, threadColumns, warpRows, warpColumns, stages, slices, \
                              blocksMin)                                                                                             \
  {"warp_" #blockRows "x" #blockColumns "x" #blockDepth "_" #threadRows "x" #threadColumns "_" #warpRows "x" #warpColumns "_s"       \
   #stages "_k" #slices,                                                                                                            \
   GemmIdea::kWarp,                                                                                                                 \
   {blockRows, blockColumns, blockDepth, threadRows, threadColumns, warpRows, warpColumns, stages, slices, blocksMin}},

constexpr GemmVariant kGemmVariants[] = {
    {"naive", GemmIdea::kNaive, {16, 16, 0, 1, 1, 0, 0, 0, 1, 1}},
    {"tile_8", GemmIdea::kTile, {8, 8, 8, 1, 1, 0, 0, 1, 1, 1}},
    {"tile_16", GemmIdea::kTile, {16, 16, 16, 1, 1, 0, 0, 1, 1, 1}},
    {"tile_32", GemmIdea::kTile, {32, 32, 32, 1, 1, 0, 0, 1, 1, 1}},
    {"register_8x8", GemmIdea::kRegister, {128, 128, 8, 8, 8, 0, 0, 1, 1, 1}},
    {"vector_8x8", GemmIdea::kVector, {128, 128, 8, 8, 8, 0, 0, 1, 1, 1}},
    {"double_8x8", GemmIdea::kDouble, {128, 128, 8, 8, 8, 0, 0, 2, 1, 1}},
    HKA_GEMM_WARPS_WIDE(HKA_GEMM_WARP_VARIANT) HKA_GEMM_WARPS_SLICED(HKA_GEMM_WARP_VARIANT)
    {"split_k", GemmIdea::kSplit, {HKA_GEMM_SPLIT_SHAPE}},
};
#undef HKA_GEMM_WARP_VARIANT

constexpr size_t kGemmVariantCount = sizeof(kGemmVariants) / sizeof(kGemmVariants[0]);

constexpr bool isSameWord(const char* left, const char* right) {
  while (*left != '\0' && *left == *right) {
    ++left;
    ++right;
  }
  return *left == *right;
}

// The index of a variant in kGemmVariants; kGemmVariantCount when there is none of that name.
constexpr size_t gemmVariantNamed(const char* name) {
  size_t index = 0;
  while (index < kGemmVariantCount && !isSameWord(kGemmVariants[index].name, name)) ++index;
  return index;
}

}  // namespace hka::kernels
