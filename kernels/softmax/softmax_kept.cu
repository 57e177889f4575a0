// Rows that fit into registers: each is read once and written once.
#include "kernels/softmax/softmax_cuda.h"
#include "kernels/softmax/softmax_online.cuh"

namespace hka::kernels {

// A warp a row: the threads meet by shuffles alone, without shared memory and without waiting for other warps.
template <int kWidth, int kVectors>
__global__ void softmax_warp(const float* input, float* output, uint32_t rows, uint32_t columns) {
  const uint32_t row = blockIdx.x * (blockDim.x / kWarpThreads) + threadIdx.x / kWarpThreads;
  if (row >= rows) return;
  const uint32_t lane = threadIdx.x % kWarpThreads;
  RowPart<kWidth, kVectors> part;
  part.load(input + size_t{row} * columns, columns, lane, kWarpThreads);
  const float largest = reduceWarp<largestOf>(part.largest());
  const float sum = reduceWarp<sumOf>(part.exponentials(largest));
  part.store(output + size_t{row} * columns, columns, lane, kWarpThreads, 1.0F / sum);
}

// A block a row: as above, with one number a warp in shared memory for the maximum and one for the sum.
template <int kThreads, int kWidth, int kVectors>
__global__ void __launch_bounds__(kThreads) softmax_block(const float* input, float* output, uint32_t columns) {
  __shared__ float largestOfWarp[kThreads / kWarpThreads];
  __shared__ float sumOfWarp[kThreads / kWarpThreads];
  RowPart<kWidth, kVectors> part;
  part.load(input + size_t{blockIdx.x} * columns, columns, threadIdx.x, kThreads);
  const float largest = reduceBlock<largestOf, kThreads>(largestOfWarp, part.largest(), -CUDART_INF_F);
  const float sum = reduceBlock<sumOf, kThreads>(sumOfWarp, part.exponentials(largest), 0);
  part.store(output + size_t{blockIdx.x} * columns, columns, threadIdx.x, kThreads, 1.0F / sum);
}

namespace {

template <int kWidth, int kVectors>
void startWarp(const SoftmaxArguments& softmax, const Launch& launch, cudaStream_t stream) {
  softmax_warp<kWidth, kVectors>
      <<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(softmax.input, softmax.output, softmax.rows, softmax.columns);
}

template <int kThreads, int kWidth, int kVectors>
void startBlock(const SoftmaxArguments& softmax, const Launch& launch, cudaStream_t stream) {
  softmax_block<kThreads, kWidth, kVectors>
      <<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(softmax.input, softmax.output, softmax.columns);
}

}  // namespace

cudaError_t launchSoftmaxKept(const SoftmaxArguments& softmax, cudaStream_t stream) {
  using Start = void (*)(const SoftmaxArguments&, const Launch&, cudaStream_t);
  // In the order of kSoftmaxShapes, where the entries without a kernel of this file are the streams.
  constexpr Start kStarts[kSoftmaxShapeCount] = {
      startWarp<4, 1>,       startWarp<4, 2>,       startWarp<4, 4>,        startWarp<4, 8>,       startBlock<256, 4, 2>,
      startBlock<256, 4, 4>, startBlock<512, 4, 4>, startBlock<512, 4, 8>,  startBlock<1024, 4, 8>, nullptr,
      startWarp<1, 4>,       startWarp<1, 8>,       startWarp<1, 16>,       startWarp<1, 32>,      startBlock<256, 1, 8>,
      startBlock<256, 1, 16>, startBlock<512, 1, 16>, startBlock<512, 1, 32>, startBlock<1024, 1, 32>, nullptr};
  kStarts[softmaxShapeIndex(softmax.columns)](softmax, softmaxLaunch(softmax), stream);
  return cudaGetLastError();
}

}  // namespace hka::kernels
