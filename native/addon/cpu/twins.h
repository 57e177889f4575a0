// The CPU twins of the CUDA kernels: same grid, same tiles, same order of sums within a block. A block of the grid is the unit of
// work that the device's threads take.
#pragma once

#include "addon/cpu/block_range.h"
#include "addon/cpu/gemm_twin.h"
#include "kernels/conv3x3/conv3x3.h"
#include "kernels/relu/relu.h"
#include "kernels/softmax/softmax.h"

namespace hka::addon {

BlockRange convTwin(const kernels::ConvArguments& conv);
BlockRange softmaxTwin(const kernels::SoftmaxArguments& softmax);
BlockRange reluTwin(const kernels::ReluArguments& relu);

}  // namespace hka::addon
