// C = A · B in float32, row-major: A is rows × depth, B is depth × columns. What is launched for each variant, and what the task
// costs at least.
#pragma once

#include <string>

#include "kernels/common/launch.h"
#include "kernels/gemm/gemm_shapes.h"

namespace hka::kernels {

struct GemmArguments {
  const float* a = nullptr;
  const float* b = nullptr;
  float* c = nullptr;
  uint32_t rows = 0;
  uint32_t columns = 0;
  uint32_t depth = 0;
  size_t variant = gemmVariantNamed("tile_16");  // of kGemmVariants
  // Split-K only: how many parts the depth is cut into, and room for the sums of each, parts × rows × columns floats.
  uint32_t parts = 1;
  float* workspace = nullptr;
};

inline const GemmVariant& variantOf(const GemmArguments& gemm) { return kGemmVariants[gemm.variant]; }

// Whether all rows of B and C begin at multiples of 16 bytes, so that 4 floats can be moved at once.
inline bool isGemmVector(const GemmArguments& gemm) {
  const auto addresses = reinterpret_cast<uintptr_t>(gemm.b) | reinterpret_cast<uintptr_t>(gemm.c) |
                         reinterpret_cast<uintptr_t>(gemm.workspace);
  return gemm.columns % 4 == 0 && addresses % 16 == 0;
}

// The depth of one part, a multiple of the split kernel's blockDepth, so that only the last part has an edge.
inline uint32_t gemmDepthPerPart(const GemmArguments& gemm) {
  const uint32_t blockDepth = variantOf(gemm).shape.blockDepth;
  if (variantOf(gemm).idea != GemmIdea::kSplit) return gemm.depth;
  return ceilDiv(ceilDiv(gemm.depth, gemm.parts), blockDepth) * blockDepth;
}

// Parts that have any depth to sum: no more than `parts`.
inline uint32_t gemmUsedParts(const GemmArguments& gemm) { return ceilDiv(gemm.depth, gemmDepthPerPart(gemm)); }

inline size_t gemmWorkspaceBytes(const GemmArguments& gemm) {
  if (variantOf(gemm).idea != GemmIdea::kSplit) return 0;
  return size_t{gemm.parts} * gemm.rows * gemm.columns * sizeof(float);
}

// Shared memory of the warp-tiled kernel: the stages of A (4 floats of padding a line) and B; afterwards the sums of all slices.
constexpr uint32_t gemmWarpSharedBytes(const GemmShape& shape) {
  const uint32_t stageFloats = shape.blockDepth * (shape.blockRows + 4 + shape.blockColumns);
  const uint32_t sumFloats = shape.slices > 1 ? shape.slices * shape.blockRows * shape.blockColumns : 0;
  const uint32_t loadFloats = shape.stages * stageFloats;
  return (loadFloats > sumFloats ? loadFloats : sumFloats) * static_cast<uint32_t>(sizeof(float));
}

constexpr uint32_t gemmWarpThreads(const GemmShape& shape) {
  return shape.blockRows / shape.warpRows * (shape.blockColumns / shape.warpColumns) * shape.slices * 32;
}

inline std::string gemmWarpName(const GemmShape& shape, bool isVector) {
  const uint32_t numbers[] = {shape.blockRows, shape.blockColumns, shape.blockDepth, shape.threadRows, shape.threadColumns,
                              shape.warpRows,  shape.warpColumns,  shape.stages,     shape.slices,     shape.blocksMin};
  std::string name = "gemm_warp<";
  for (const uint32_t number : numbers) name += std::to_string(number) + ", ";
  return name + (isVector ? "true>" : "false>");
}

inline Launch gemmLaunch(const GemmArguments& gemm) {
  const auto& [variantName, idea, shape] = variantOf(gemm);
  const char* suffix = isGemmVector(gemm) ? "<true>" : "<false>";
  Launch launch;
  launch.grid = {ceilDiv(gemm.columns, shape.blockColumns), ceilDiv(gemm.rows, shape.blockRows), 1};
  const uint32_t paddedRows = shape.blockRows + (idea == GemmIdea::kVector || idea == GemmIdea::kDouble ? 4 : 0);
  const uint32_t tileFloats = shape.blockDepth * (paddedRows + shape.blockColumns);
  launch.staticSharedBytes = shape.stages * tileFloats * static_cast<uint32_t>(sizeof(float));
  switch (idea) {
    case GemmIdea::kNaive:
      launch.name = "gemm_naive";
      launch.block = {shape.blockColumns, shape.blockRows, 1};
      break;
    case GemmIdea::kTile:
      launch.name = "gemm_tile<" + std::to_string(shape.blockRows) + ">";
      launch.block = {shape.blockColumns, shape.blockRows, 1};
      break;
    case GemmIdea::kRegister:
    case GemmIdea::kVector:
    case GemmIdea::kDouble:
      launch.name = idea == GemmIdea::kRegister ? "gemm_register"
                    : idea == GemmIdea::kVector ? std::string("gemm_vector") + suffix
                                                : std::string("gemm_double") + suffix;
      launch.block = {shape.blockRows / shape.threadRows * (shape.blockColumns / shape.threadColumns), 1, 1};
      break;
    case GemmIdea::kWarp:
    case GemmIdea::kSplit:
      launch.name = gemmWarpName(shape, isGemmVector(gemm));
      launch.block = {gemmWarpThreads(shape), 1, 1};
      launch.grid.z = gemmUsedParts(gemm);
      launch.staticSharedBytes = 0;
      launch.dynamicSharedBytes = gemmWarpSharedBytes(shape);
      break;
  }
  return launch;
}

constexpr uint32_t kGemmSumThreads = 256;

// Split-K's second launch: one thread adds the parts of one element, in their order.
inline Launch gemmSumLaunch(const GemmArguments& gemm) {
  Launch launch;
  launch.name = "gemm_sum_parts";
  launch.grid.x = ceilDiv(uint64_t{gemm.rows} * gemm.columns, kGemmSumThreads);
  launch.block.x = kGemmSumThreads;
  return launch;
}

// One multiplication and one addition for each product.
inline double gemmFlops(const GemmArguments& gemm) { return 2.0 * gemm.rows * gemm.columns * gemm.depth; }

inline double gemmBytes(const GemmArguments& gemm) {
  return sizeof(float) * (1.0 * gemm.rows * gemm.depth + 1.0 * gemm.depth * gemm.columns + 1.0 * gemm.rows * gemm.columns);
}

}  // namespace hka::kernels
