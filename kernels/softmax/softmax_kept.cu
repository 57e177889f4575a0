// Rows that fit into registers: each is read once and written once.
#include "kernels/softmax/softmax_cuda.h"
#include "kernels/softmax/softmax_online.cuh"

namespace hka::kernels {

// The bounds keep 1024 threads on a multiprocessor: 64 registers each, of which a row takes up to 32.

// A warp a row: the threads meet by shuffles alone, without shared memory and without waiting for other warps.
template <int kVectors>
__global__ void __launch_bounds__(128, 8) softmax_warp(const float* input, float* output, uint32_t rows, uint32_t columns) {
  const uint32_t row = blockIdx.x * (blockDim.x / kWarpThreads) + threadIdx.x / kWarpThreads;
  if (row >= rows) return;
  const uint32_t lane = threadIdx.x % kWarpThreads;
  RowPart<kVectors> part;
  part.load(RowPlace(input, row, columns), lane, kWarpThreads);
  const float largest = reduceWarp<largestOf>(part.largest());
  const float sum = reduceWarp<sumOf>(part.exponentials(largest));
  part.store(RowPlace(output, row, columns), lane, kWarpThreads, 1.0F / sum);
}

// A block a row: as above, with one number a warp in shared memory for the maximum and one for the sum.
template <int kThreads, int kVectors>
__global__ void __launch_bounds__(kThreads, 1024 / kThreads) softmax_block(const float* input, float* output, uint32_t columns) {
  __shared__ float largestOfWarp[kThreads / kWarpThreads];
  __shared__ float sumOfWarp[kThreads / kWarpThreads];
  RowPart<kVectors> part;
  part.load(RowPlace(input, blockIdx.x, columns), threadIdx.x, kThreads);
  const float largest = reduceBlock<largestOf, kThreads>(largestOfWarp, part.largest(), -CUDART_INF_F);
  const float sum = reduceBlock<sumOf, kThreads>(sumOfWarp, part.exponentials(largest), 0);
  part.store(RowPlace(output, blockIdx.x, columns), threadIdx.x, kThreads, 1.0F / sum);
}

namespace {

template <int kVectors>
void startWarp(const SoftmaxArguments& softmax, const Launch& launch, cudaStream_t stream) {
  softmax_warp<kVectors>
      <<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(softmax.input, softmax.output, softmax.rows, softmax.columns);
}

template <int kThreads, int kVectors>
void startBlock(const SoftmaxArguments& softmax, const Launch& launch, cudaStream_t stream) {
  softmax_block<kThreads, kVectors>
      <<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(softmax.input, softmax.output, softmax.columns);
}

}  // namespace

cudaError_t launchSoftmaxKept(const SoftmaxArguments& softmax, cudaStream_t stream) {
  using Start = void (*)(const SoftmaxArguments&, const Launch&, cudaStream_t);
  // In the order of kSoftmaxShapes, but for the last, whose kernel is in softmax_stream.cu.
  constexpr Start kStarts[kSoftmaxShapeCount - 1] = {startWarp<1>,       startWarp<2>,       startWarp<4>,
                                                     startWarp<8>,       startBlock<256, 2>, startBlock<256, 4>,
                                                     startBlock<512, 4>, startBlock<512, 8>, startBlock<1024, 8>};
  kStarts[softmaxShapeIndex(softmax.columns)](softmax, softmaxLaunch(softmax), stream);
  return cudaGetLastError();
}

}  // namespace hka::kernels
