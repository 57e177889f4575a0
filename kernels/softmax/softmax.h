// Softmax of each row of a rows × columns matrix. One block computes one row: its threads stride over the columns and meet in a
// buffer of one float each, once for the maximum and once for the sum.
#pragma once

#include "kernels/common/launch.h"

namespace hka::kernels {

struct SoftmaxArguments {
  const float* input = nullptr;
  float* output = nullptr;
  uint32_t rows = 0;
  uint32_t columns = 0;
};

constexpr uint32_t kSoftmaxThreads = 128;  // a power of two, because the reduction halves

inline Launch softmaxLaunch(const SoftmaxArguments& softmax) {
  Launch launch;
  launch.name = "softmax_rows";
  launch.grid = {softmax.rows, 1, 1};
  launch.block = {kSoftmaxThreads, 1, 1};
  launch.staticSharedBytes = kSoftmaxThreads * static_cast<uint32_t>(sizeof(float));
  return launch;
}

// For each element: a comparison, a subtraction, an exponential counted as one, an addition and a division.
inline double softmaxFlops(const SoftmaxArguments& softmax) { return 5.0 * softmax.rows * softmax.columns; }

inline double softmaxBytes(const SoftmaxArguments& softmax) { return 2.0 * sizeof(float) * softmax.rows * softmax.columns; }

}  // namespace hka::kernels
