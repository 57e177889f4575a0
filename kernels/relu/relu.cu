#include "kernels/cuda_launchers.h"

namespace hka::kernels {

// No __restrict__: input and output may be the same.
__global__ void relu(const float* input, float* output, uint32_t count) {
  const uint32_t index = blockIdx.x * kReluThreads + threadIdx.x;
  if (index >= count) return;
  const float value = input[index];
  // Phrased so that a NaN passes through.
  output[index] = value < 0 ? 0.0F : value;
}

cudaError_t launchRelu(const ReluArguments& arguments, cudaStream_t stream) {
  const Launch launch = reluLaunch(arguments);
  relu<<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(arguments.input, arguments.output, arguments.count);
  return cudaGetLastError();
}

}  // namespace hka::kernels
