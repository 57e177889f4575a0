#include "kernels/elementwise/elementwise_cuda.h"
#include "kernels/elementwise/elementwise_operation.cuh"

namespace hka::kernels {

// One thread an element: a warp reads 128 bytes at once, and asks for the next only in another block.
template <ElementwiseOperation kOperation>
__device__ void runScalar(const ElementwiseArguments& elementwise) {
  const uint32_t index = blockIdx.x * elementwise.blockSize + threadIdx.x;
  if (index >= elementwise.count) return;
  float second = 0;
  if constexpr (kOperation == ElementwiseOperation::add || kOperation == ElementwiseOperation::addRelu) {
    second = elementwise.addend[index];
  } else if constexpr (kOperation == ElementwiseOperation::biasSilu) {
    second = elementwise.bias[index % elementwise.columns];
  }
  elementwise.output[index] = elementOf<kOperation>(elementwise.input[index], second);
}

__global__ void relu(ElementwiseArguments elementwise) { runScalar<ElementwiseOperation::relu>(elementwise); }
__global__ void silu(ElementwiseArguments elementwise) { runScalar<ElementwiseOperation::silu>(elementwise); }
__global__ void add(ElementwiseArguments elementwise) { runScalar<ElementwiseOperation::add>(elementwise); }
__global__ void add_relu(ElementwiseArguments elementwise) { runScalar<ElementwiseOperation::addRelu>(elementwise); }
__global__ void bias_silu(ElementwiseArguments elementwise) { runScalar<ElementwiseOperation::biasSilu>(elementwise); }

cudaError_t launchElementwiseScalar(const ElementwiseArguments& elementwise, cudaStream_t stream) {
  void (*const kKernels[])(ElementwiseArguments) = {relu, silu, add, add_relu, bias_silu};
  const Launch launch = elementwiseLaunch(elementwise);
  const auto kernel = kKernels[static_cast<uint32_t>(elementwise.operation)];
  kernel<<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(elementwise);
  return cudaGetLastError();
}

}  // namespace hka::kernels
