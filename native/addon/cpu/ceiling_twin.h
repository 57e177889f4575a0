// The CPU twin of kernels/ceiling: same grid, same tiles. A block of the grid is the unit of work that the device's threads take.
#pragma once

#include "addon/cpu/block_range.h"
#include "kernels/ceiling/ceiling.h"

namespace hka::addon {

BlockRange ceilingTwin(const kernels::CeilingArguments& ceiling);

}  // namespace hka::addon
