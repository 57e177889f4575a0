// The two ways of convTwin().
#pragma once

#include "addon/cpu/conv_twin.h"

namespace hka::addon {

BlockRange convDirectTwin(const kernels::ConvArguments& conv);
BlockRange convGemmTwin(const kernels::ConvArguments& conv);

}  // namespace hka::addon
