// What a network does between its layers: operations on each element of arrays that need not lie together. Every array is seen through
// strides, one for each of five dimensions, so that one kernel is many operators:
//   copy with strides in another order      a transpose
//   copy into a part of a wider array       a concatenation; out of one, a slice
//   copy with a stride of 0 in front of     an upsampling by repeating: height × 2 × width × 2
//   add with a stride of 0                  a sum with a bias laid over it (broadcast)
// The output is written once at each place, so it must not be laid over itself. Elements are floats or halves, computed as floats; a copy
// converts. max_pool.h is beside it.
#pragma once

#include "kernels/common/half_bits.h"
#include "kernels/common/host_device.h"
#include "kernels/common/launch.h"

namespace hka::kernels {

enum class TensorOperation : uint32_t { copy, sigmoid, add, sub, mul, div };
constexpr const char* kTensorOperations[] = {"copy", "sigmoid", "add", "sub", "mul", "div"};

// Halves are IEEE binary16.
enum class TensorElement : uint32_t { f32, f16 };
constexpr const char* kTensorElements[] = {"f32", "f16"};
constexpr uint32_t kTensorElementBytes[] = {4, 2};

constexpr uint32_t kTensorRank = 5;
constexpr uint32_t kTensorThreads = 256;
constexpr uint32_t kTensorChunk = 8;  // halves that are moved at once: 16 bytes

struct TensorArguments {
  const void* input = nullptr;
  const void* second = nullptr;  // read by add, sub, mul and div; of the input's element
  void* output = nullptr;
  uint32_t dims[kTensorRank] = {1, 1, 1, 1, 1};  // the last runs fastest; shorter shapes begin with 1
  uint32_t inputStrides[kTensorRank] = {};       // elements
  uint32_t secondStrides[kTensorRank] = {};
  uint32_t outputStrides[kTensorRank] = {};
  uint32_t count = 0;  // the product of dims
  TensorOperation operation = TensorOperation::copy;
  TensorElement inputElement = TensorElement::f32;
  TensorElement outputElement = TensorElement::f32;
};

inline uint32_t bytesOf(TensorElement element) { return kTensorElementBytes[static_cast<uint32_t>(element)]; }

inline bool readsSecond(TensorOperation operation) {
  return operation != TensorOperation::copy && operation != TensorOperation::sigmoid;
}

// Where an element lies in each of the three arrays.
struct TensorPlace {
  size_t input;
  size_t second;
  size_t output;
};

HKA_HOST_DEVICE inline TensorPlace tensorPlaceOf(const TensorArguments& tensor, uint32_t index) {
  TensorPlace place = {0, 0, 0};
  for (int axis = kTensorRank - 1; axis >= 0; --axis) {
    const uint32_t at = index % tensor.dims[axis];
    index /= tensor.dims[axis];
    place.input += size_t{at} * tensor.inputStrides[axis];
    place.second += size_t{at} * tensor.secondStrides[axis];
    place.output += size_t{at} * tensor.outputStrides[axis];
  }
  return place;
}

// Elements from the first to the last that the strides reach, both among them.
inline uint64_t tensorExtent(const TensorArguments& tensor, const uint32_t (&strides)[kTensorRank]) {
  uint64_t extent = 1;
  for (uint32_t axis = 0; axis < kTensorRank; ++axis) extent += uint64_t{tensor.dims[axis] - 1} * strides[axis];
  return extent;
}

// Whether halves are only moved, and in both arrays lie together in chunks that begin at multiples of 16 bytes.
inline bool areTensorChunks(const TensorArguments& tensor) {
  constexpr uint32_t kLast = kTensorRank - 1;
  if (tensor.operation != TensorOperation::copy) return false;
  if (tensor.inputElement != TensorElement::f16 || tensor.outputElement != TensorElement::f16) return false;
  if (tensor.inputStrides[kLast] != 1 || tensor.outputStrides[kLast] != 1 || tensor.dims[kLast] % kTensorChunk != 0) return false;
  for (uint32_t axis = 0; axis < kLast; ++axis) {
    if (tensor.dims[axis] > 1 && (tensor.inputStrides[axis] | tensor.outputStrides[axis]) % kTensorChunk != 0) return false;
  }
  return (reinterpret_cast<uintptr_t>(tensor.input) | reinterpret_cast<uintptr_t>(tensor.output)) % 16 == 0;
}

// The same copy with chunks as elements.
inline TensorArguments tensorOfChunks(TensorArguments tensor) {
  constexpr uint32_t kLast = kTensorRank - 1;
  tensor.dims[kLast] /= kTensorChunk;
  for (uint32_t axis = 0; axis < kLast; ++axis) {
    tensor.inputStrides[axis] /= kTensorChunk;
    tensor.outputStrides[axis] /= kTensorChunk;
  }
  tensor.count /= kTensorChunk;
  return tensor;
}

// Floats have kernels of their own names; others say what they read and write.
inline Launch tensorLaunch(const TensorArguments& tensor) {
  constexpr const char* kTypes[] = {"float", "__half"};
  const std::string name = std::string("tensor_") + kTensorOperations[static_cast<uint32_t>(tensor.operation)];
  const uint32_t input = static_cast<uint32_t>(tensor.inputElement);
  const uint32_t output = static_cast<uint32_t>(tensor.outputElement);
  const bool isChunks = areTensorChunks(tensor);
  Launch launch;
  if (isChunks) launch.name = "tensor_copy_chunks";
  else if (input + output == 0) launch.name = name;
  else launch.name = name + "_half<" + kTypes[input] + ", " + kTypes[output] + ">";
  launch.grid = {ceilDiv(isChunks ? tensor.count / kTensorChunk : tensor.count, kTensorThreads), 1, 1};
  launch.block = {kTensorThreads, 1, 1};
  return launch;
}

// A sigmoid has an exponential, an addition and a division, with its sign; a copy computes nothing.
inline double tensorFlops(const TensorArguments& tensor) {
  constexpr double kFlopsEach[] = {0, 4, 1, 1, 1, 1};
  return kFlopsEach[static_cast<uint32_t>(tensor.operation)] * tensor.count;
}

// Different elements of an array: those that a stride of 0 repeats count once.
inline double tensorElements(const TensorArguments& tensor, const uint32_t (&strides)[kTensorRank]) {
  double count = 1;
  for (uint32_t axis = 0; axis < kTensorRank; ++axis) count *= strides[axis] == 0 ? 1 : tensor.dims[axis];
  return count;
}

inline double tensorBytes(const TensorArguments& tensor) {
  const double second = readsSecond(tensor.operation) ? tensorElements(tensor, tensor.secondStrides) : 0;
  const double read = tensorElements(tensor, tensor.inputStrides) + second;
  return bytesOf(tensor.inputElement) * read + 1.0 * bytesOf(tensor.outputElement) * tensor.count;
}

// One element of an array of either kind, on a CPU.
inline float tensorElementAt(const void* array, TensorElement element, size_t place) {
  if (element == TensorElement::f16) return floatFromHalf(static_cast<const uint16_t*>(array)[place]);
  return static_cast<const float*>(array)[place];
}

inline void setTensorElement(void* array, TensorElement element, size_t place, float value) {
  if (element == TensorElement::f16) static_cast<uint16_t*>(array)[place] = halfFromFloat(value);
  else static_cast<float*>(array)[place] = value;
}

}  // namespace hka::kernels
