#include "kernels/elementwise/elementwise_cuda.h"
#include "kernels/elementwise/elementwise_operation.cuh"

namespace hka::kernels {

namespace {

// The bias of four neighbours. They may lie in different rows when the columns are no multiple of four.
__device__ float4 biasAt(const ElementwiseArguments& elementwise, uint32_t vector) {
  const uint32_t columns = elementwise.columns;
  uint32_t column = vector * 4 % columns;
  if (columns % 4 == 0) return *reinterpret_cast<const float4*>(elementwise.bias + column);
  float bias[4];
#pragma unroll
  for (float& value : bias) {
    value = elementwise.bias[column];
    column = column + 1 == columns ? 0 : column + 1;
  }
  return {bias[0], bias[1], bias[2], bias[3]};
}

template <ElementwiseOperation kOperation>
__device__ float4 secondAt(const ElementwiseArguments& elementwise, uint32_t vector) {
  if constexpr (kOperation == ElementwiseOperation::add || kOperation == ElementwiseOperation::addRelu) {
    return __ldcs(reinterpret_cast<const float4*>(elementwise.addend) + vector);
  } else if constexpr (kOperation == ElementwiseOperation::biasSilu) {
    return biasAt(elementwise, vector);
  } else {
    return {};
  }
}

// Sixteen bytes a load, and every load of a thread on its way before the first result is needed. The elements are read and written
// once, so the loads and stores ask the cache to let them go first.
template <ElementwiseOperation kOperation>
__device__ void runVector(const ElementwiseArguments& elementwise) {
  const uint32_t vectorCount = elementwise.count / 4;
  const uint32_t first = blockIdx.x * kElementwiseVectorThreads * kElementwiseVectors + threadIdx.x;
  float4 values[kElementwiseVectors];
  float4 seconds[kElementwiseVectors];
#pragma unroll
  for (uint32_t step = 0; step < kElementwiseVectors; ++step) {
    const uint32_t vector = first + step * kElementwiseVectorThreads;
    if (vector >= vectorCount) continue;
    values[step] = __ldcs(reinterpret_cast<const float4*>(elementwise.input) + vector);
    seconds[step] = secondAt<kOperation>(elementwise, vector);
  }
#pragma unroll
  for (uint32_t step = 0; step < kElementwiseVectors; ++step) {
    const uint32_t vector = first + step * kElementwiseVectorThreads;
    if (vector >= vectorCount) continue;
    const float4 value = values[step];
    const float4 second = seconds[step];
    __stcs(reinterpret_cast<float4*>(elementwise.output) + vector,
           make_float4(elementOf<kOperation>(value.x, second.x), elementOf<kOperation>(value.y, second.y),
                       elementOf<kOperation>(value.z, second.z), elementOf<kOperation>(value.w, second.w)));
  }
  // The up to three elements behind the last vector.
  const uint32_t index = vectorCount * 4 + threadIdx.x;
  if (blockIdx.x != gridDim.x - 1 || index >= elementwise.count) return;
  float second = 0;
  if constexpr (kOperation == ElementwiseOperation::add || kOperation == ElementwiseOperation::addRelu) {
    second = elementwise.addend[index];
  } else if constexpr (kOperation == ElementwiseOperation::biasSilu) {
    second = elementwise.bias[index % elementwise.columns];
  }
  elementwise.output[index] = elementOf<kOperation>(elementwise.input[index], second);
}

}  // namespace

__global__ void relu_vector(ElementwiseArguments elementwise) { runVector<ElementwiseOperation::relu>(elementwise); }
__global__ void silu_vector(ElementwiseArguments elementwise) { runVector<ElementwiseOperation::silu>(elementwise); }
__global__ void add_vector(ElementwiseArguments elementwise) { runVector<ElementwiseOperation::add>(elementwise); }
__global__ void add_relu_vector(ElementwiseArguments elementwise) { runVector<ElementwiseOperation::addRelu>(elementwise); }
__global__ void bias_silu_vector(ElementwiseArguments elementwise) { runVector<ElementwiseOperation::biasSilu>(elementwise); }

cudaError_t launchElementwiseVector(const ElementwiseArguments& elementwise, cudaStream_t stream) {
  void (*const kKernels[])(ElementwiseArguments) = {relu_vector, silu_vector, add_vector, add_relu_vector, bias_silu_vector};
  const Launch launch = elementwiseLaunch(elementwise);
  const auto kernel = kKernels[static_cast<uint32_t>(elementwise.operation)];
  kernel<<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(elementwise);
  return cudaGetLastError();
}

}  // namespace hka::kernels
