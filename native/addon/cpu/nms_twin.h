// The CPU twins of the steps of kernels/nms: same grid, same words of the mask. A block of the grid is the unit of work that the device's
// threads take. The steps of one suppression run one behind the other.
#pragma once

#include "addon/cpu/block_range.h"
#include "kernels/nms/nms.h"

namespace hka::addon {

BlockRange nmsRankTwin(const kernels::NmsArguments& nms);
BlockRange nmsMaskTwin(const kernels::NmsArguments& nms);
// The scan or the greedy walk, as the variant says.
BlockRange nmsWalkTwin(const kernels::NmsArguments& nms);

}  // namespace hka::addon
