#include "kernels/ceiling/ceiling_cuda.h"

namespace hka::kernels {

// Sixteen bytes a load, all loads of a thread on their way before the first store. What is copied is read and written once, so the
// cache is asked to let it go first.
__global__ void copy(const float* __restrict__ input, float* __restrict__ output, uint32_t count) {
  const uint32_t vectorCount = count / 4;
  const uint32_t first = blockIdx.x * kCopyThreads * kCopyVectors + threadIdx.x;
  float4 values[kCopyVectors];
#pragma unroll
  for (uint32_t step = 0; step < kCopyVectors; ++step) {
    const uint32_t vector = first + step * kCopyThreads;
    if (vector < vectorCount) values[step] = __ldcs(reinterpret_cast<const float4*>(input) + vector);
  }
#pragma unroll
  for (uint32_t step = 0; step < kCopyVectors; ++step) {
    const uint32_t vector = first + step * kCopyThreads;
    if (vector < vectorCount) __stcs(reinterpret_cast<float4*>(output) + vector, values[step]);
  }
  // The up to three elements behind the last vector.
  const uint32_t index = vectorCount * 4 + threadIdx.x;
  if (blockIdx.x == gridDim.x - 1 && index < count) output[index] = input[index];
}

cudaError_t launchCopy(const CeilingArguments& ceiling, cudaStream_t stream) {
  const Launch launch = ceilingLaunch(ceiling);
  copy<<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(ceiling.input, ceiling.output, ceiling.count);
  return cudaGetLastError();
}

}  // namespace hka::kernels
