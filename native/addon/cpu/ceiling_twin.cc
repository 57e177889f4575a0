#include "addon/cpu/ceiling_twin.h"

#include <algorithm>

namespace hka::addon {
namespace {

using kernels::CeilingArguments;
using kernels::kFmaThreads;
using kernels::kFmaChains;

// Four lanes in one register, as every x86-64 and ARM64 has it.
typedef float Lanes __attribute__((vector_size(16)));
constexpr uint32_t kLaneCount = 4;
// So many registers wait for each other's latency without a spill: a product and a sum take about seven cycles, two of each begin in one.
constexpr uint32_t kRegisterCount = 12;
constexpr uint32_t kGroupCount = kRegisterCount * kLaneCount;

// The chains of all threads of a block side by side, so that they fill the CPU's registers as they fill a GPU's warps. A product and a sum
// each, fused where the compiler may; both round to the same here, because every product is half of a float. The last group goes past
// the end by less than a hundredth of the work, and what it reckons there is not kept.
void fmaBlock(const CeilingArguments& ceiling, uint64_t block) {
  constexpr uint32_t kPairCount = kFmaThreads * kFmaChains;
  float sums[kFmaThreads] = {};
  for (uint32_t first = 0; first < kPairCount; first += kGroupCount) {
    Lanes values[kRegisterCount];
    for (uint32_t pair = 0; pair < kGroupCount; ++pair) {
      const uint32_t thread = (first + pair) % kFmaThreads;
      const uint32_t chain = (first + pair) / kFmaThreads;
      values[pair / kLaneCount][pair % kLaneCount] = static_cast<float>(thread + chain);
    }
    for (uint32_t round = 0; round < ceiling.rounds; ++round) {
#pragma GCC unroll 12
      for (uint32_t index = 0; index < kRegisterCount; ++index) values[index] = values[index] * kernels::kFmaFactor + kernels::kFmaAddend;
    }
    for (uint32_t pair = 0; pair < kGroupCount && first + pair < kPairCount; ++pair) {
      sums[(first + pair) % kFmaThreads] += values[pair / kLaneCount][pair % kLaneCount];
    }
  }
  const uint64_t firstElement = block * kFmaThreads;
  std::copy(sums, sums + std::min<uint64_t>(kFmaThreads, ceiling.count - firstElement), ceiling.output + firstElement);
}

}  // namespace

BlockRange ceilingTwin(const CeilingArguments& ceiling) {
  if (ceiling.operation == kernels::CeilingOperation::fma) {
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
