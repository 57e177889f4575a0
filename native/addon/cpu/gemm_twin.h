// The CPU twins of kernels/gemm: same grid, same tiles, same order of sums within a block. A block of the grid is the unit of work that
// the device's threads take.
#pragma once

#include "addon/cpu/block_range.h"
#include "kernels/gemm/gemm.h"

namespace hka::addon {

BlockRange gemmTwin(const kernels::GemmArguments& gemm);

}  // namespace hka::addon
