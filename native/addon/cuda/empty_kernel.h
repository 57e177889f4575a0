// A kernel that does nothing: what is left of its time is what launching costs.
#pragma once

#include <cuda_runtime_api.h>

namespace hka::addon {

cudaError_t launchEmpty(cudaStream_t stream);

}  // namespace hka::addon
