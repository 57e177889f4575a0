// The CPU twin of kernels/softmax: same grid, same tiles. A block of the grid is the unit of work that the device's threads take.
#pragma once

#include "addon/cpu/block_range.h"
#include "kernels/softmax/softmax.h"

namespace hka::addon {

BlockRange softmaxTwin(const kernels::SoftmaxArguments& softmax);

}  // namespace hka::addon
