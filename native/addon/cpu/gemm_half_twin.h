// The CPU twin of the half GEMM: the tiles and the order of tiles of the CUDA kernels, with halves turned into floats and sums in
// float32. What differs between the variants on a GPU (which instruction multiplies, how many steps are in flight) has no meaning here.
#pragma once

#include "addon/cpu/block_range.h"
#include "kernels/gemm/gemm_half.h"

namespace hka::addon {

BlockRange gemmHalfTwin(const kernels::GemmHalfArguments& gemm);

}  // namespace hka::addon
