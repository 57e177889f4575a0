#include "addon/cpu/ceiling_twin.h"

#include <algorithm>

namespace hka::addon {
namespace {

using kernels::CeilingArguments;
using kernels::kFmaThreads;
using kernels::kFmaChains;

// The chains of all threads of a block side by side, so that they fill the CPU's vectors as they fill a GPU's warps. A product and a sum
// each, fused where the compiler may; both round to the same here, because every product is half of a float.
void fmaBlock(const CeilingArguments& ceiling, uint64_t block) {
  alignas(64) float sums[kFmaThreads] = {};
  for (uint32_t chain = 0; chain < kFmaChains; ++chain) {
    // Sixteen threads at a time stay in registers through all rounds.
    for (uint32_t first = 0; first < kFmaThreads; first += 16) {
      float values[16];
      for (uint32_t thread = 0; thread < 16; ++thread) values[thread] = static_cast<float>(first + thread + chain);
      for (uint32_t round = 0; round < ceiling.rounds; ++round) {
        HKA_KEEP_LOOP
        for (uint32_t thread = 0; thread < 16; ++thread) values[thread] = values[thread] * kernels::kFmaFactor + kernels::kFmaAddend;
      }
      for (uint32_t thread = 0; thread < 16; ++thread) sums[first + thread] += values[thread];
    }
  }
  const uint64_t firstElement = block * kFmaThreads;
  std::copy(sums, sums + std::min<uint64_t>(kFmaThreads, ceiling.count - firstElement), ceiling.output + firstElement);
}

}  // namespace

BlockRange ceilingTwin(const CeilingArguments& ceiling) {
  if (ceiling.variant == kernels::CeilingVariant::fma) {
    return [ceiling](uint64_t firstBlock, uint64_t endBlock) {
      for (uint64_t block = firstBlock; block < endBlock; ++block) fmaBlock(ceiling, block);
    };
  }
  return [ceiling](uint64_t firstBlock, uint64_t endBlock) {
    const uint64_t first = firstBlock * kernels::kCopyBlockCount;
    const uint64_t end = std::min<uint64_t>(endBlock * kernels::kCopyBlockCount, ceiling.count);
    std::copy(ceiling.input + first, ceiling.input + end, ceiling.output + first);
  };
}

}  // namespace hka::addon
