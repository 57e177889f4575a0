// What a launch looks like, for the CUDA kernels and their CPU twins alike. Grid and block are computed here once a family, so
// that both devices record the same dimensions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace hka::kernels {

struct Dim3 {
  uint32_t x = 1;
  uint32_t y = 1;
  uint32_t z = 1;
};

struct Launch {
  std::string name;  // as the CUDA compiler would demangle it
  Dim3 grid;              // blocks
  Dim3 block;             // threads
  uint32_t staticSharedBytes = 0;
  uint32_t dynamicSharedBytes = 0;
};

constexpr uint32_t ceilDiv(uint64_t value, uint64_t divisor) {
  return static_cast<uint32_t>((value + divisor - 1) / divisor);
}

// CUDA's limits of a grid (programming guide, technical specifications, every compute capability since 3.0).
constexpr uint64_t kGridXMax = 0x7fffffff;
constexpr uint64_t kGridYzMax = 65535;

// A device runs no such grid: the answer when a shape needs more blocks than CUDA allows.
inline bool isGridTooLarge(const Launch& launch) {
  return launch.grid.x > kGridXMax || launch.grid.y > kGridYzMax || launch.grid.z > kGridYzMax;
}

}  // namespace hka::kernels
