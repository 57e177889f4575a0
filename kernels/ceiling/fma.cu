#include "kernels/ceiling/ceiling_cuda.h"

namespace hka::kernels {

// Chains of fused multiply-adds that stay in registers. The sum of the chains is stored, or the compiler would leave them out.
__global__ void fma(float* __restrict__ output, uint32_t count, uint32_t rounds, float factor, float addend) {
  const uint32_t index = blockIdx.x * kFmaThreads + threadIdx.x;
  float values[kFmaChains];
#pragma unroll
  for (uint32_t chain = 0; chain < kFmaChains; ++chain) values[chain] = static_cast<float>(threadIdx.x + chain);
#pragma unroll 8
  for (uint32_t round = 0; round < rounds; ++round) {
#pragma unroll
    for (float& value : values) value = fmaf(value, factor, addend);
  }
  float sum = 0;
#pragma unroll
  for (const float value : values) sum += value;
  if (index < count) output[index] = sum;
}

cudaError_t launchFma(const CeilingArguments& ceiling, cudaStream_t stream) {
  const Launch launch = ceilingLaunch(ceiling);
  // Factor and addend are arguments, so that the compiler cannot know where the chains end.
  fma<<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(ceiling.output, ceiling.count, ceiling.rounds, kFmaFactor,
                                                                  kFmaAddend);
  return cudaGetLastError();
}

}  // namespace hka::kernels
