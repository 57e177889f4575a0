// Kernels that compute nothing: `empty` costs what launching costs, `hold` keeps a stream busy for a while.
#pragma once

#include <cuda_runtime_api.h>

namespace hka::addon {

cudaError_t launchEmpty(cudaStream_t stream);
// One thread that waits for so many nanoseconds by the GPU's own timer.
cudaError_t launchHold(unsigned long long ns, cudaStream_t stream);

}  // namespace hka::addon
