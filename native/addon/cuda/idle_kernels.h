// Kernels that compute nothing: `empty` costs what launching costs, `hold` keeps a stream busy for a while, `sweep` fills the caches.
#pragma once

#include <cuda_runtime_api.h>

namespace hka::addon {

cudaError_t launchEmpty(cudaStream_t stream);
// Reads so many bytes, a multiple of 16, and so pushes what the caches held out of them. A fill would leave lines behind whose writing
// back the next kernel pays for: 16 % of a copy of 32 MiB on an H200.
cudaError_t launchSweep(const void* memory, size_t bytes, cudaStream_t stream);
// One thread that waits for so many nanoseconds by the GPU's own timer.
cudaError_t launchHold(unsigned long long ns, cudaStream_t stream);

}  // namespace hka::addon
