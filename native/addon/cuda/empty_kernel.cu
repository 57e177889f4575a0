#include "addon/cuda/empty_kernel.h"

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

cudaError_t launchEmpty(cudaStream_t stream) {
  empty<<<1, 1, 0, stream>>>();
  return cudaGetLastError();
}

cudaError_t launchHold(unsigned long long ns, cudaStream_t stream) {
  hold<<<1, 1, 0, stream>>>(ns);
  return cudaGetLastError();
}

}  // namespace hka::addon
