// The twin of every GEMM kernel that keeps a square of C per thread in registers.
#pragma once

#include "addon/cpu/block_range.h"
#include "kernels/gemm/gemm.h"

namespace hka::addon {

// Of gemmLaunch(), for a variant whose block is at most 128 × 256. A split-K variant writes its parts into the workspace.
BlockRange gemmBlockedTwin(const kernels::GemmArguments& gemm);

}  // namespace hka::addon
