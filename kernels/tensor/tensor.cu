#include <cuda_fp16.h>

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

__device__ float floatOf(float value) { return value; }
__device__ float floatOf(__half value) { return __half2float(value); }
__device__ void setFloat(float& target, float value) { target = value; }
__device__ void setFloat(__half& target, float value) { target = __float2half_rn(value); }

// One thread an element. Lanes run along the last dimension, so whatever lies together there is read together.
template <TensorOperation kOperation, class Input, class Output>
__device__ void runTensor(const TensorArguments& tensor) {
  const uint32_t index = blockIdx.x * kTensorThreads + threadIdx.x;
  if (index >= tensor.count) return;
  const TensorPlace place = tensorPlaceOf(tensor, index);
  float second = 0;
  if constexpr (kOperation != TensorOperation::copy && kOperation != TensorOperation::sigmoid) {
    second = floatOf(static_cast<const Input*>(tensor.second)[place.second]);
  }
  setFloat(static_cast<Output*>(tensor.output)[place.output],
           resultOf<kOperation>(floatOf(static_cast<const Input*>(tensor.input)[place.input]), second));
}

}  // namespace

__global__ void tensor_copy(TensorArguments tensor) { runTensor<TensorOperation::copy, float, float>(tensor); }
__global__ void tensor_sigmoid(TensorArguments tensor) { runTensor<TensorOperation::sigmoid, float, float>(tensor); }
__global__ void tensor_add(TensorArguments tensor) { runTensor<TensorOperation::add, float, float>(tensor); }
__global__ void tensor_sub(TensorArguments tensor) { runTensor<TensorOperation::sub, float, float>(tensor); }
__global__ void tensor_mul(TensorArguments tensor) { runTensor<TensorOperation::mul, float, float>(tensor); }
__global__ void tensor_div(TensorArguments tensor) { runTensor<TensorOperation::div, float, float>(tensor); }

// Where either side is halves.
template <class Input, class Output>
__global__ void tensor_copy_half(TensorArguments tensor) {
  runTensor<TensorOperation::copy, Input, Output>(tensor);
}
template <class Input, class Output>
__global__ void tensor_sigmoid_half(TensorArguments tensor) {
  runTensor<TensorOperation::sigmoid, Input, Output>(tensor);
}
template <class Input, class Output>
__global__ void tensor_add_half(TensorArguments tensor) {
  runTensor<TensorOperation::add, Input, Output>(tensor);
}
template <class Input, class Output>
__global__ void tensor_sub_half(TensorArguments tensor) {
  runTensor<TensorOperation::sub, Input, Output>(tensor);
}
template <class Input, class Output>
__global__ void tensor_mul_half(TensorArguments tensor) {
  runTensor<TensorOperation::mul, Input, Output>(tensor);
}
template <class Input, class Output>
__global__ void tensor_div_half(TensorArguments tensor) {
  runTensor<TensorOperation::div, Input, Output>(tensor);
}

// Eight halves a thread; the strides count chunks.
__global__ void tensor_copy_chunks(TensorArguments chunks) {
  const uint32_t index = blockIdx.x * kTensorThreads + threadIdx.x;
  if (index >= chunks.count) return;
  const TensorPlace place = tensorPlaceOf(chunks, index);
  static_cast<uint4*>(chunks.output)[place.output] = static_cast<const uint4*>(chunks.input)[place.input];
}

namespace {

using TensorKernel = void (*)(TensorArguments);

template <class Input, class Output>
TensorKernel halfKernelOf(TensorOperation operation) {
  constexpr TensorKernel kKernels[] = {tensor_copy_half<Input, Output>, tensor_sigmoid_half<Input, Output>, tensor_add_half<Input, Output>,
                                       tensor_sub_half<Input, Output>,  tensor_mul_half<Input, Output>,     tensor_div_half<Input, Output>};
  return kKernels[static_cast<uint32_t>(operation)];
}

TensorKernel kernelOf(const TensorArguments& tensor) {
  constexpr TensorKernel kKernels[] = {tensor_copy, tensor_sigmoid, tensor_add, tensor_sub, tensor_mul, tensor_div};
  const bool isHalfInput = tensor.inputElement == TensorElement::f16;
  const bool isHalfOutput = tensor.outputElement == TensorElement::f16;
  if (isHalfInput && isHalfOutput) return halfKernelOf<__half, __half>(tensor.operation);
  if (isHalfInput) return halfKernelOf<__half, float>(tensor.operation);
  if (isHalfOutput) return halfKernelOf<float, __half>(tensor.operation);
  return kKernels[static_cast<uint32_t>(tensor.operation)];
}

}  // namespace

cudaError_t launchTensor(const TensorArguments& tensor, cudaStream_t stream) {
  const Launch launch = tensorLaunch(tensor);
  const bool isChunks = areTensorChunks(tensor);
  const TensorKernel kernel = isChunks ? tensor_copy_chunks : kernelOf(tensor);
  kernel<<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(isChunks ? tensorOfChunks(tensor) : tensor);
  return cudaGetLastError();
}

}  // namespace hka::kernels
