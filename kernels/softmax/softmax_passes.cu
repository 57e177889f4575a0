#include <math_constants.h>

#include "kernels/softmax/softmax_cuda.h"

namespace hka::kernels {

namespace {

// Halves the block's buffer until one value is left; every thread gets it.
template <class Join>
__device__ float reduceBlock(float (&partial)[kSoftmaxThreads], float own, Join join) {
  partial[threadIdx.x] = own;
  __syncthreads();
  for (uint32_t half = kSoftmaxThreads / 2; half > 0; half /= 2) {
    if (threadIdx.x < half) partial[threadIdx.x] = join(partial[threadIdx.x], partial[threadIdx.x + half]);
    __syncthreads();
  }
  const float joined = partial[0];
  __syncthreads();  // nobody may write the buffer again while another thread still reads this
  return joined;
}

}  // namespace

__global__ void softmax_rows(const float* __restrict__ input, float* __restrict__ output, uint32_t columns) {
  __shared__ float partial[kSoftmaxThreads];
  const float* in = input + size_t{blockIdx.x} * columns;
  float* out = output + size_t{blockIdx.x} * columns;
  float largest = -CUDART_INF_F;
  for (uint32_t column = threadIdx.x; column < columns; column += kSoftmaxThreads) largest = fmaxf(largest, in[column]);
  largest = reduceBlock(partial, largest, [](float a, float b) { return fmaxf(a, b); });
  float sum = 0;
  for (uint32_t column = threadIdx.x; column < columns; column += kSoftmaxThreads) {
    out[column] = expf(in[column] - largest);
    sum += out[column];
  }
  sum = reduceBlock(partial, sum, [](float a, float b) { return a + b; });
  for (uint32_t column = threadIdx.x; column < columns; column += kSoftmaxThreads) out[column] /= sum;
}

cudaError_t launchSoftmaxPasses(const SoftmaxArguments& softmax, cudaStream_t stream) {
  const Launch launch = softmaxLaunch(softmax);
  softmax_rows<<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(softmax.input, softmax.output, softmax.columns);
  return cudaGetLastError();
}

}  // namespace hka::kernels
