#include "addon/cuda/idle_kernels.h"

namespace hka::addon {

__global__ void empty() {}

__global__ void hold(unsigned long long ns) {
  unsigned long long start = 0;
  unsigned long long now = 0;
  asm volatile("mov.u64 %0, %globaltimer;" : "=l"(start));
  do {
    asm volatile("mov.u64 %0, %globaltimer;" : "=l"(now));
  } while (now - start < ns);
}

// The sum is written only if it could be what no memory holds, so that no compiler leaves the reads out.
__global__ void sweep(const uint4* memory, size_t count, unsigned* never) {
  unsigned sum = 0;
  for (size_t index = blockIdx.x * size_t{blockDim.x} + threadIdx.x; index < count; index += size_t{gridDim.x} * blockDim.x) {
    const uint4 words = memory[index];
    sum |= words.x | words.y | words.z | words.w;
  }
  if (sum == 1) *never = sum;
}

cudaError_t launchSweep(const void* memory, size_t bytes, cudaStream_t stream) {
  sweep<<<1024, 256, 0, stream>>>(static_cast<const uint4*>(memory), bytes / sizeof(uint4), nullptr);
  return cudaGetLastError();
}

cudaError_t launchEmpty(cudaStream_t stream) {
  empty<<<1, 1, 0, stream>>>();
  return cudaGetLastError();
}

cudaError_t launchHold(unsigned long long ns, cudaStream_t stream) {
  hold<<<1, 1, 0, stream>>>(ns);
  return cudaGetLastError();
}

}  // namespace hka::addon
