// The CPU twin of kernels/conv: same grid, same tiles. A block of the grid is the unit of work that the device's threads take.
#pragma once

#include "addon/cpu/block_range.h"
#include "kernels/conv/conv.h"

namespace hka::addon {

BlockRange convTwin(const kernels::ConvArguments& conv);

}  // namespace hka::addon
