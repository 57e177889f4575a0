#include "addon/cpu/elementwise_twin.h"

#include <algorithm>
#include <cmath>

namespace hka::addon {
namespace {

using kernels::ElementwiseArguments;
using kernels::ElementwiseOperation;

// Phrased so that a NaN, for which every comparison is false, passes through.
float reluOf(float value) { return value < 0 ? 0.0F : value; }
float siluOf(float value) { return value / (1.0F + std::exp(-value)); }

void runElements(const ElementwiseArguments& elementwise, uint64_t first, uint64_t end) {
  const float* input = elementwise.input;
  const float* addend = elementwise.addend;
  float* output = elementwise.output;
  switch (elementwise.operation) {
    case ElementwiseOperation::relu:
      for (uint64_t index = first; index < end; ++index) output[index] = reluOf(input[index]);
      return;
    case ElementwiseOperation::silu:
      for (uint64_t index = first; index < end; ++index) output[index] = siluOf(input[index]);
      return;
    case ElementwiseOperation::add:
      for (uint64_t index = first; index < end; ++index) output[index] = input[index] + addend[index];
      return;
    case ElementwiseOperation::addRelu:
      for (uint64_t index = first; index < end; ++index) output[index] = reluOf(input[index] + addend[index]);
      return;
    case ElementwiseOperation::biasSilu:
      for (uint64_t index = first; index < end; ++index) {
        output[index] = siluOf(input[index] + elementwise.bias[index % elementwise.columns]);
      }
      return;
  }
}

}  // namespace

BlockRange elementwiseTwin(const ElementwiseArguments& elementwise) {
  const bool isVector = elementwise.variant == kernels::ElementwiseVariant::vector;
  const uint64_t blockCount = isVector ? kernels::kElementwiseBlockCount : elementwise.blockSize;  // elements
  return [elementwise, blockCount](uint64_t firstBlock, uint64_t endBlock) {
    runElements(elementwise, firstBlock * blockCount, std::min<uint64_t>(endBlock * blockCount, elementwise.count));
  };
}

}  // namespace hka::addon
