#include <algorithm>

#include "addon/cpu/twins.h"

namespace hka::addon {

BlockRange reluTwin(const kernels::ReluArguments& relu) {
  return [relu](uint64_t firstBlock, uint64_t endBlock) {
    const uint64_t end = std::min<uint64_t>(endBlock * kernels::kReluThreads, relu.count);
    for (uint64_t index = firstBlock * kernels::kReluThreads; index < end; ++index) {
      const float value = relu.input[index];
      // Phrased so that a NaN passes through.
      relu.output[index] = value < 0 ? 0.0F : value;
    }
  };
}

}  // namespace hka::addon
