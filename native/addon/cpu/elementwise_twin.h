// The CPU twin of kernels/elementwise: same grid, same tiles. A block of the grid is the unit of work that the device's threads take.
#pragma once

#include "addon/cpu/block_range.h"
#include "kernels/elementwise/elementwise.h"

namespace hka::addon {

BlockRange elementwiseTwin(const kernels::ElementwiseArguments& elementwise);

}  // namespace hka::addon
