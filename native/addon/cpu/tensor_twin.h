// The CPU twins of kernels/tensor: same grids. A block of the grid is the unit of work that the device's threads take.
#pragma once

#include "addon/cpu/block_range.h"
#include "kernels/tensor/max_pool.h"
#include "kernels/tensor/tensor.h"

namespace hka::addon {

BlockRange tensorTwin(const kernels::TensorArguments& tensor);
BlockRange maxPoolTwin(const kernels::MaxPoolArguments& pool);

}  // namespace hka::addon
