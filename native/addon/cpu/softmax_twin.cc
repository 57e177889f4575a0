#include <algorithm>
#include <cmath>
#include <limits>

#include "addon/cpu/twins.h"

namespace hka::addon {
namespace {

using kernels::kSoftmaxThreads;
using kernels::SoftmaxArguments;

// Halves the buffer until one value is left, as the threads of the CUDA block do.
template <class Join>
float reduce(float (&partial)[kSoftmaxThreads], Join join) {
  for (uint32_t half = kSoftmaxThreads / 2; half > 0; half /= 2) {
    for (uint32_t thread = 0; thread < half; ++thread) partial[thread] = join(partial[thread], partial[thread + half]);
  }
  return partial[0];
}

void softmaxRow(const SoftmaxArguments& softmax, uint64_t row) {
  const float* in = softmax.input + row * softmax.columns;
  float* out = softmax.output + row * softmax.columns;
  alignas(64) float partial[kSoftmaxThreads];
  std::fill(partial, partial + kSoftmaxThreads, -std::numeric_limits<float>::infinity());
  for (uint32_t column = 0; column < softmax.columns; ++column) {
    float& largest = partial[column % kSoftmaxThreads];
    largest = std::max(largest, in[column]);
  }
  const float largest = reduce(partial, [](float a, float b) { return std::max(a, b); });
  std::fill(partial, partial + kSoftmaxThreads, 0.0F);
  for (uint32_t column = 0; column < softmax.columns; ++column) {
    out[column] = std::exp(in[column] - largest);
    partial[column % kSoftmaxThreads] += out[column];
  }
  const float sum = reduce(partial, [](float a, float b) { return a + b; });
  for (uint32_t column = 0; column < softmax.columns; ++column) out[column] /= sum;
}

}  // namespace

BlockRange softmaxTwin(const SoftmaxArguments& softmax) {
  return [softmax](uint64_t firstBlock, uint64_t endBlock) {
    for (uint64_t row = firstBlock; row < endBlock; ++row) softmaxRow(softmax, row);
  };
}

}  // namespace hka::addon
