// What a CPU twin is: a function over blocks of a grid. Pure over memory that the caller keeps alive until the work is done.
#pragma once

#include <cstdint>
#include <functional>

#include "kernels/common/launch.h"

// Before a short inner loop: GCC unrolls one of 8 or 16 steps whole, and then no longer turns it into vector instructions.
#if defined(__GNUC__) && !defined(__clang__)
#define HKA_KEEP_LOOP _Pragma("GCC unroll 1")
#else
#define HKA_KEEP_LOOP
#endif

namespace hka::addon {

// Computes the blocks [firstBlock, endBlock) of a grid, numbered with x running fastest. Called from several threads at once
// with ranges that do not overlap; never throws.
using BlockRange = std::function<void(uint64_t firstBlock, uint64_t endBlock)>;

inline uint64_t blockCountOf(const kernels::Launch& launch) {
  return uint64_t{launch.grid.x} * launch.grid.y * launch.grid.z;
}

}  // namespace hka::addon
