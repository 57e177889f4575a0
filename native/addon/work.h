// One call of a kernel family, ready for either device: what is launched, what it costs at least, and how each device runs it. Made from
// JavaScript's arguments by the makers in binding/, which have checked every size and address.
#pragma once

#include <functional>
#include <vector>

#include "addon/cpu/block_range.h"
#include "kernels/common/launch.h"

namespace hka::addon {

// One grid. The stages of a work run one behind the other on its stream.
struct Stage {
  kernels::Launch launch;
  BlockRange twin;  // empty when no CPU can run it, such as a library's own kernel
};

struct Work {
  std::vector<Stage> stages;
  double flops = 0;  // floating-point operations of the task, not of the way it is done
  double bytes = 0;  // least memory traffic: each input read once, each output written once
  // The obviously right answer, computed in place of the stages; memory is then plain host memory.
  std::function<void()> reference;
  // Launches all stages on a cudaStream_t and answers a cudaError_t. Empty where the addon was built without CUDA.
  std::function<int(void* stream)> start;
};

// How one work is timed.
struct MeasurePlan {
  uint32_t sampleCount = 1;
  uint32_t launchesPerSample = 1;  // a sample is their mean; more than one lets short kernels be timed
  bool isCold = false;             // whether the caches are swept before each sample; launchesPerSample is then 1
};

}  // namespace hka::addon
