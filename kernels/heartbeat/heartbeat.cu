#include "kernels/heartbeat/heartbeat_cuda.h"

namespace hka::kernels {

__global__ void heartbeat(uint32_t* stamp, uint64_t* clockNs, uint32_t beat) {
  unsigned long long timeNs = 0;
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(timeNs));
  *stamp = beat;
  *clockNs = timeNs;
}

cudaError_t launchHeartbeat(const HeartbeatArguments& arguments, cudaStream_t stream) {
  const Launch launch = heartbeatLaunch(arguments);
  heartbeat<<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(arguments.stamp, arguments.clockNs, arguments.beat);
  return cudaGetLastError();
}

}  // namespace hka::kernels
