// The CPU twin of kernels/conv_half: same grid, same tiles, halves turned into floats and sums in float32. How many steps
// are in flight and which warp multiplies what has no meaning here.
#pragma once

#include "addon/cpu/block_range.h"
#include "kernels/conv_half/conv_half.h"

namespace hka::addon {

BlockRange convHalfTwin(const kernels::ConvHalfArguments& conv);

}  // namespace hka::addon
