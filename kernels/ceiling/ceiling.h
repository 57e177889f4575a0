// What a device can do at most, measured: `copy` moves memory and does nothing else, `fma` multiplies and adds and touches next to no
// memory. Other kernels are read as a share of these two. Addresses are multiples of 16 bytes.
#pragma once

#include "kernels/common/launch.h"

namespace hka::kernels {

enum class CeilingOperation : uint32_t { copy, fma };
constexpr const char* kCeilingOperations[] = {"copy", "fma"};

struct CeilingArguments {
  const float* input = nullptr;  // count; read by copy
  float* output = nullptr;       // count; must not be the input
  uint32_t count = 0;            // of elements; fma: also of threads' sums, one is kept for each element
  uint32_t rounds = 256;         // fma: of kFmaChains products for each element
  CeilingOperation operation = CeilingOperation::copy;
};

constexpr uint32_t kCopyThreads = 128;
constexpr uint32_t kFmaThreads = 256;
constexpr uint32_t kCopyVectors = 2;  // of four elements, for one thread
constexpr uint32_t kCopyBlockCount = kCopyThreads * kCopyVectors * 4;
// Sums that do not wait for each other. A product takes four cycles on every compute capability since 7.0, so four chains a thread
// would do with one warp a scheduler; eight leave room.
constexpr uint32_t kFmaChains = 8;
// Each step is x ▸ x · 0.5 + 1, which stays at 2 whatever the rounds: neither overflow nor denormals change the time.
constexpr float kFmaFactor = 0.5F;
constexpr float kFmaAddend = 1.0F;

inline Launch ceilingLaunch(const CeilingArguments& ceiling) {
  const bool isCopy = ceiling.operation == CeilingOperation::copy;
  Launch launch;
  launch.name = isCopy ? "copy" : "fma";
  launch.grid = {ceilDiv(ceiling.count, isCopy ? kCopyBlockCount : kFmaThreads), 1, 1};
  launch.block = {isCopy ? kCopyThreads : kFmaThreads, 1, 1};
  return launch;
}

inline double ceilingFlops(const CeilingArguments& ceiling) {
  return ceiling.operation == CeilingOperation::copy ? 0 : 2.0 * kFmaChains * ceiling.rounds * ceiling.count;
}

inline double ceilingBytes(const CeilingArguments& ceiling) {
  return sizeof(float) * (ceiling.operation == CeilingOperation::copy ? 2.0 : 1.0) * ceiling.count;
}

}  // namespace hka::kernels
