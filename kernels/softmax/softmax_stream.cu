// Rows too long for registers: read once for maximum and sum together, and once more to be written.
#include "kernels/softmax/softmax_cuda.h"
#include "kernels/softmax/softmax_online.cuh"

namespace hka::kernels {

namespace {

constexpr int kStreamThreads = 1024;
constexpr int kStreamVectors = 4;  // on their way at once, a thread
constexpr uint32_t kStreamStep = kStreamThreads * kStreamVectors * 4;

// What a sum whose exponentials were taken relative to `from` has to be multiplied by to be relative to `to`, which is no smaller.
// Nothing but minus infinity so far: the sum is 0, and stays it.
__device__ float correctionOf(float from, float to) { return from == -CUDART_INF_F ? 0.0F : expf(from - to); }

// The part of the row from a step on.
__device__ RowPlace placeFrom(RowPlace row, uint32_t step) {
  row.start += step * kStreamStep;
  row.skipped = step == 0 ? row.skipped : 0;
  row.end -= step * kStreamStep;
  return row;
}

}  // namespace

// The online softmax of Milakov and Gimelshein (arXiv 1805.02867): a running maximum, and a running sum relative to it. The second pass
// goes backwards, because the end of the row was read last and is the likeliest to be in the cache still.
__global__ void __launch_bounds__(kStreamThreads) softmax_stream(const float* input, float* output, uint32_t columns) {
  __shared__ float largestOfWarp[kStreamThreads / kWarpThreads];
  __shared__ float sumOfWarp[kStreamThreads / kWarpThreads];
  const RowPlace in(input, blockIdx.x, columns);
  const RowPlace out(output, blockIdx.x, columns);
  const uint32_t steps = (in.end + kStreamStep - 1) / kStreamStep;
  float largest = -CUDART_INF_F;
  float sum = 0;
  RowPart<kStreamVectors> part;
  for (uint32_t step = 0; step < steps; ++step) {
    part.load<true>(placeFrom(in, step), threadIdx.x, kStreamThreads);
    const float larger = fmaxf(largest, part.largest());
    sum *= correctionOf(largest, larger);
    // A thread that saw nothing but minus infinity adds exponentials of it, which are 0 against any number but itself.
    sum += part.exponentials(larger == -CUDART_INF_F ? 0.0F : larger);
    largest = larger;
  }
  const float rowLargest = reduceBlock<largestOf, kStreamThreads>(largestOfWarp, largest, -CUDART_INF_F);
  sum = reduceBlock<sumOf, kStreamThreads>(sumOfWarp, sum * correctionOf(largest, rowLargest), 0);
  for (uint32_t step = steps; step-- > 0;) {
    part.load(placeFrom(in, step), threadIdx.x, kStreamThreads);
    part.exponentials(rowLargest);
    part.store(placeFrom(out, step), threadIdx.x, kStreamThreads, 1.0F / sum);
  }
}

cudaError_t launchSoftmaxStream(const SoftmaxArguments& softmax, cudaStream_t stream) {
  const Launch launch = softmaxLaunch(softmax);
  softmax_stream<<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(softmax.input, softmax.output, softmax.columns);
  return cudaGetLastError();
}

}  // namespace hka::kernels
