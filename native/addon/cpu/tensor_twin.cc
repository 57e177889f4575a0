#include "addon/cpu/tensor_twin.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hka::addon {
namespace {

using kernels::MaxPoolArguments;
using kernels::TensorArguments;
using kernels::TensorOperation;
using kernels::TensorPlace;

// Runs along the last dimension as long as it lasts, so that places are worked out once a row and not once an element.
template <class Compute>
void runRows(const TensorArguments& tensor, uint64_t first, uint64_t end, Compute compute) {
  constexpr uint32_t kLast = kernels::kTensorRank - 1;
  const size_t inputStride = tensor.inputStrides[kLast];
  const size_t secondStride = tensor.secondStrides[kLast];
  const size_t outputStride = tensor.outputStrides[kLast];
  for (uint64_t index = first; index < end;) {
    const TensorPlace place = kernels::tensorPlaceOf(tensor, static_cast<uint32_t>(index));
    const uint64_t count = std::min<uint64_t>(end - index, tensor.dims[kLast] - index % tensor.dims[kLast]);
    const float* input = tensor.input + place.input;
    const float* second = tensor.second == nullptr ? nullptr : tensor.second + place.second;
    float* output = tensor.output + place.output;
    for (uint64_t at = 0; at < count; ++at) {
      output[at * outputStride] = compute(input[at * inputStride], second == nullptr ? 0.0F : second[at * secondStride]);
    }
    index += count;
  }
}

void runElements(const TensorArguments& tensor, uint64_t first, uint64_t end) {
  switch (tensor.operation) {
    case TensorOperation::copy: return runRows(tensor, first, end, [](float value, float) { return value; });
    case TensorOperation::sigmoid:
      return runRows(tensor, first, end, [](float value, float) { return 1.0F / (1.0F + std::exp(-value)); });
    case TensorOperation::add: return runRows(tensor, first, end, [](float value, float second) { return value + second; });
    case TensorOperation::sub: return runRows(tensor, first, end, [](float value, float second) { return value - second; });
    case TensorOperation::mul: return runRows(tensor, first, end, [](float value, float second) { return value * second; });
    case TensorOperation::div: return runRows(tensor, first, end, [](float value, float second) { return value / second; });
  }
}

float largestAt(const MaxPoolArguments& pool, const float* plane, uint64_t y, uint64_t x) {
  const int64_t firstY = static_cast<int64_t>(y * pool.stride) - pool.padding;
  const int64_t firstX = static_cast<int64_t>(x * pool.stride) - pool.padding;
  const int64_t endY = std::min<int64_t>(firstY + pool.window, pool.height);
  const int64_t endX = std::min<int64_t>(firstX + pool.window, pool.width);
  float largest = -std::numeric_limits<float>::infinity();
  for (int64_t row = std::max<int64_t>(firstY, 0); row < endY; ++row) {
    for (int64_t column = std::max<int64_t>(firstX, 0); column < endX; ++column) {
      const float value = plane[row * pool.width + column];
      if (std::isnan(value)) return value;
      largest = std::max(largest, value);
    }
  }
  return largest;
}

}  // namespace

BlockRange tensorTwin(const TensorArguments& tensor) {
  return [tensor](uint64_t firstBlock, uint64_t endBlock) {
    runElements(tensor, firstBlock * kernels::kTensorThreads, std::min<uint64_t>(endBlock * kernels::kTensorThreads, tensor.count));
  };
}

BlockRange maxPoolTwin(const MaxPoolArguments& pool) {
  const uint64_t height = kernels::maxPoolSide(pool, pool.height);
  const uint64_t width = kernels::maxPoolSide(pool, pool.width);
  return [pool, height, width](uint64_t firstBlock, uint64_t endBlock) {
    const uint64_t end = std::min<uint64_t>(endBlock * kernels::kMaxPoolThreads, kernels::maxPoolCount(pool));
    for (uint64_t index = firstBlock * kernels::kMaxPoolThreads; index < end; ++index) {
      const float* plane = pool.input + index / width / height * pool.height * pool.width;
      pool.output[index] = largestAt(pool, plane, index / width % height, index % width);
    }
  };
}

}  // namespace hka::addon
