// max(x, 0) of each element; a NaN stays one, as in PyTorch. One thread an element; input and output may be the same.
#pragma once

#include "kernels/common/launch.h"

namespace hka::kernels {

struct ReluArguments {
  const float* input = nullptr;
  float* output = nullptr;
  uint32_t count = 0;
};

constexpr uint32_t kReluThreads = 256;

inline Launch reluLaunch(const ReluArguments& relu) {
  Launch launch;
  launch.name = "relu";
  launch.grid = {ceilDiv(relu.count, kReluThreads), 1, 1};
  launch.block = {kReluThreads, 1, 1};
  return launch;
}

inline double reluFlops(const ReluArguments& relu) { return relu.count; }

inline double reluBytes(const ReluArguments& relu) { return 2.0 * sizeof(float) * relu.count; }

}  // namespace hka::kernels
