// Rows too long for registers: read once for maximum and sum together, and once more to be written.
#include "kernels/softmax/softmax_cuda.h"
#include "kernels/softmax/softmax_online.cuh"

namespace hka::kernels {

namespace {

constexpr int kStreamThreads = 1024;
constexpr int kStreamVectors = 4;  // on their way at once, a thread

// What a sum whose exponentials were taken relative to `from` has to be multiplied by to be relative to `to`, which is no smaller.
// Nothing but minus infinity so far: the sum is 0, and stays it.
__device__ float correctionOf(float from, float to) { return from == -CUDART_INF_F ? 0.0F : expf(from - to); }

}  // namespace

// The online softmax of Milakov and Gimelshein (arXiv 1805.02867): a running maximum, and a running sum relative to it.
template <int kWidth>
__global__ void __launch_bounds__(kStreamThreads) softmax_stream(const float* input, float* output, uint32_t columns) {
  __shared__ float largestOfWarp[kStreamThreads / kWarpThreads];
  __shared__ float sumOfWarp[kStreamThreads / kWarpThreads];
  constexpr uint32_t kStepColumns = kStreamThreads * kStreamVectors * kWidth;
  const float* in = input + size_t{blockIdx.x} * columns;
  float* out = output + size_t{blockIdx.x} * columns;
  float largest = -CUDART_INF_F;
  float sum = 0;
  RowPart<kWidth, kStreamVectors> part;
  for (uint32_t first = 0; first < columns; first += kStepColumns) {
    part.template load<true>(in + first, columns - first, threadIdx.x, kStreamThreads);
    const float larger = fmaxf(largest, part.largest());
    sum *= correctionOf(largest, larger);
    // A thread that saw nothing but minus infinity adds exponentials of it, which are 0 against any number but itself.
    sum += part.exponentials(larger == -CUDART_INF_F ? 0.0F : larger);
    largest = larger;
  }
  const float rowLargest = reduceBlock<largestOf, kStreamThreads>(largestOfWarp, largest, -CUDART_INF_F);
  sum = reduceBlock<sumOf, kStreamThreads>(sumOfWarp, sum * correctionOf(largest, rowLargest), 0);
  for (uint32_t first = 0; first < columns; first += kStepColumns) {
    part.template load<false>(in + first, columns - first, threadIdx.x, kStreamThreads);
    part.exponentials(rowLargest);
    part.store(out + first, columns - first, threadIdx.x, kStreamThreads, 1.0F / sum);
  }
}

cudaError_t launchSoftmaxStream(const SoftmaxArguments& softmax, cudaStream_t stream) {
  const Launch launch = softmaxLaunch(softmax);
  const auto kernel = softmax.columns % 4 == 0 ? softmax_stream<4> : softmax_stream<1>;
  kernel<<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(softmax.input, softmax.output, softmax.columns);
  return cudaGetLastError();
}

}  // namespace hka::kernels
