// C = A · B in float32, row-major: A is rows × depth, B is depth × columns. One block computes one tile × tile square of C.
#pragma once

#include "kernels/common/launch.h"

namespace hka::kernels {

struct GemmArguments {
  const float* a = nullptr;
  const float* b = nullptr;
  float* c = nullptr;
  uint32_t rows = 0;
  uint32_t columns = 0;
  uint32_t depth = 0;
  uint32_t tile = 16;  // 8, 16 or 32: 32 × 32 threads are the most a block can have
};

inline bool isGemmTile(uint32_t tile) { return tile == 8 || tile == 16 || tile == 32; }

inline Launch gemmLaunch(const GemmArguments& gemm) {
  Launch launch;
  launch.name = gemm.tile == 8 ? "gemm_tile<8>" : gemm.tile == 16 ? "gemm_tile<16>" : "gemm_tile<32>";
  launch.grid = {ceilDiv(gemm.columns, gemm.tile), ceilDiv(gemm.rows, gemm.tile), 1};
  launch.block = {gemm.tile, gemm.tile, 1};
  launch.staticSharedBytes = 2 * gemm.tile * gemm.tile * static_cast<uint32_t>(sizeof(float));
  return launch;
}

// One multiplication and one addition for each product.
inline double gemmFlops(const GemmArguments& gemm) { return 2.0 * gemm.rows * gemm.columns * gemm.depth; }

inline double gemmBytes(const GemmArguments& gemm) {
  return sizeof(float) * (1.0 * gemm.rows * gemm.depth + 1.0 * gemm.depth * gemm.columns + 1.0 * gemm.rows * gemm.columns);
}

}  // namespace hka::kernels
