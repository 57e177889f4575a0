#include "kernels/tensor/tensor_cuda.h"

namespace hka::kernels {

namespace {

template <TensorOperation kOperation>
__device__ float resultOf(float value, float second) {
  if constexpr (kOperation == TensorOperation::sigmoid) return __fdividef(1.0F, 1.0F + __expf(-value));
  if constexpr (kOperation == TensorOperation::add) return value + second;
  if constexpr (kOperation == TensorOperation::sub) return value - second;
  if constexpr (kOperation == TensorOperation::mul) return value * second;
  if constexpr (kOperation == TensorOperation::div) return value / second;
  return value;
}

// One thread an element. Lanes run along the last dimension, so whatever lies together there is read together.
template <TensorOperation kOperation>
__device__ void runTensor(const TensorArguments& tensor) {
  const uint32_t index = blockIdx.x * kTensorThreads + threadIdx.x;
  if (index >= tensor.count) return;
  const TensorPlace place = tensorPlaceOf(tensor, index);
  float second = 0;
  if constexpr (kOperation != TensorOperation::copy && kOperation != TensorOperation::sigmoid) second = tensor.second[place.second];
  tensor.output[place.output] = resultOf<kOperation>(tensor.input[place.input], second);
}

}  // namespace

__global__ void tensor_copy(TensorArguments tensor) { runTensor<TensorOperation::copy>(tensor); }
__global__ void tensor_sigmoid(TensorArguments tensor) { runTensor<TensorOperation::sigmoid>(tensor); }
__global__ void tensor_add(TensorArguments tensor) { runTensor<TensorOperation::add>(tensor); }
__global__ void tensor_sub(TensorArguments tensor) { runTensor<TensorOperation::sub>(tensor); }
__global__ void tensor_mul(TensorArguments tensor) { runTensor<TensorOperation::mul>(tensor); }
__global__ void tensor_div(TensorArguments tensor) { runTensor<TensorOperation::div>(tensor); }

cudaError_t launchTensor(const TensorArguments& tensor, cudaStream_t stream) {
  void (*const kKernels[])(TensorArguments) = {tensor_copy, tensor_sigmoid, tensor_add, tensor_sub, tensor_mul, tensor_div};
  const Launch launch = tensorLaunch(tensor);
  const auto kernel = kKernels[static_cast<uint32_t>(tensor.operation)];
  kernel<<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(tensor);
  return cudaGetLastError();
}

}  // namespace hka::kernels
