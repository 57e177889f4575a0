#include "kernels/heartbeat/heartbeat_cuda.h"

namespace hka::kernels {

__global__ void heartbeat(uint64_t* stamp, uint64_t beat) {
  unsigned long long timeNs = 0;
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(timeNs));
  stamp[0] = beat;
  stamp[1] = timeNs;
}

cudaError_t launchHeartbeat(const HeartbeatArguments& arguments, cudaStream_t stream) {
  const Launch launch = heartbeatLaunch(arguments);
  heartbeat<<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(arguments.stamp, arguments.beat);
  return cudaGetLastError();
}

}  // namespace hka::kernels
