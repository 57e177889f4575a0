// The CPU twins of the FP32 GEMM's launches: same grid, same blocks, same order of sums within a block. Variants that differ only in how
// a GPU moves its operands share one.
#pragma once

#include "addon/cpu/block_range.h"
#include "kernels/gemm/gemm.h"

namespace hka::addon {

// Of gemmLaunch(): any variant.
BlockRange gemmTwin(const kernels::GemmArguments& gemm);
// Of gemmSumLaunch(): split-K's second launch.
BlockRange gemmSumTwin(const kernels::GemmArguments& gemm);

}  // namespace hka::addon
