// The CPU twin of kernels/preprocess: same grid, same tiles. A block of the grid is the unit of work that the device's threads take.
#pragma once

#include "addon/cpu/block_range.h"
#include "kernels/preprocess/preprocess.h"

namespace hka::addon {

BlockRange preprocessTwin(const kernels::PreprocessArguments& preprocess);

}  // namespace hka::addon
