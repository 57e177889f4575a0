#include "addon/cpu/softmax_twin.h"

#include <algorithm>
#include <cmath>
#include <limits>

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

// What a sum of exponentials relative to `from` has to be multiplied by to be relative to `to`, which is no smaller. Nothing but minus
// infinity so far: the sum is 0, and stays it.
float correctionOf(float from, float to) { return from == -std::numeric_limits<float>::infinity() ? 0.0F : std::exp(from - to); }

// One pass for maximum and sum together, 64 columns at a time, whose largest one corrects the sum so far; one to write.
void onlineRow(const SoftmaxArguments& softmax, uint64_t row) {
  constexpr uint32_t kStepColumns = 64;
  const float* in = softmax.input + row * softmax.columns;
  float* out = softmax.output + row * softmax.columns;
  float largest = -std::numeric_limits<float>::infinity();
  float sum = 0;
  for (uint32_t first = 0; first < softmax.columns; first += kStepColumns) {
    const uint32_t end = std::min(first + kStepColumns, softmax.columns);
    float larger = largest;
    for (uint32_t column = first; column < end; ++column) larger = std::max(larger, in[column]);
    sum *= correctionOf(largest, larger);
    const float base = larger == -std::numeric_limits<float>::infinity() ? 0.0F : larger;
    for (uint32_t column = first; column < end; ++column) sum += std::exp(in[column] - base);
    largest = larger;
  }
  const float factor = 1.0F / sum;
  for (uint32_t column = 0; column < softmax.columns; ++column) out[column] = std::exp(in[column] - largest) * factor;
}

}  // namespace

BlockRange softmaxTwin(const SoftmaxArguments& softmax) {
  if (softmax.variant == kernels::SoftmaxVariant::passes) {
    return [softmax](uint64_t firstBlock, uint64_t endBlock) {
      for (uint64_t row = firstBlock; row < endBlock; ++row) softmaxRow(softmax, row);
    };
  }
  const kernels::SoftmaxShape shape = kernels::kSoftmaxShapes[kernels::softmaxShapeIndex(softmax.columns)];
  const uint64_t blockRows = shape.threads / shape.rowThreads;
  return [softmax, blockRows](uint64_t firstBlock, uint64_t endBlock) {
    const uint64_t end = std::min<uint64_t>(endBlock * blockRows, softmax.rows);
    for (uint64_t row = firstBlock * blockRows; row < end; ++row) onlineRow(softmax, row);
  };
}

}  // namespace hka::addon
