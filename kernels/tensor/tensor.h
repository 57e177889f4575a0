// What a network does between its layers: operations on each element of arrays that need not lie together. Every array is seen through
// strides, one for each of five dimensions, so that one kernel is many operators:
//   copy with strides in another order      a transpose
//   copy into a part of a wider array       a concatenation; out of one, a slice
//   copy with a stride of 0 in front of     an upsampling by repeating: height × 2 × width × 2
//   add with a stride of 0                  a sum with a bias laid over it (broadcast)
// The output is written once at each place, so it must not be laid over itself. max_pool.h is beside it.
#pragma once

#include "kernels/common/host_device.h"
#include "kernels/common/launch.h"

namespace hka::kernels {

enum class TensorOperation : uint32_t { copy, sigmoid, add, sub, mul, div };
constexpr const char* kTensorOperations[] = {"copy", "sigmoid", "add", "sub", "mul", "div"};

constexpr uint32_t kTensorRank = 5;
constexpr uint32_t kTensorThreads = 256;

struct TensorArguments {
  const float* input = nullptr;
  const float* second = nullptr;  // read by add, sub, mul and div
  float* output = nullptr;
  uint32_t dims[kTensorRank] = {1, 1, 1, 1, 1};  // the last runs fastest; shorter shapes begin with 1
  uint32_t inputStrides[kTensorRank] = {};       // elements
  uint32_t secondStrides[kTensorRank] = {};
  uint32_t outputStrides[kTensorRank] = {};
  uint32_t count = 0;  // the product of dims
  TensorOperation operation = TensorOperation::copy;
};

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

inline Launch tensorLaunch(const TensorArguments& tensor) {
  Launch launch;
  launch.name = std::string("tensor_") + kTensorOperations[static_cast<uint32_t>(tensor.operation)];
  launch.grid = {ceilDiv(tensor.count, kTensorThreads), 1, 1};
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
  return sizeof(float) * (tensorElements(tensor, tensor.inputStrides) + second + tensor.count);
}

}  // namespace hka::kernels
