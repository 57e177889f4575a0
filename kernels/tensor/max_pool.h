// The largest number under a square window that slides over each plane of a float32 picture; what lies beyond the edge does not count.
// A NaN under the window is the answer. Windows wider than their stride share most of their numbers: the cache gives them.
#pragma once

#include "kernels/common/launch.h"

namespace hka::kernels {

struct MaxPoolArguments {
  const float* input = nullptr;  // planes × height × width
  float* output = nullptr;       // planes × maxPoolSide(height) × maxPoolSide(width)
  uint32_t planes = 0;           // images × channels
  uint32_t height = 0;
  uint32_t width = 0;
  uint32_t window = 2;
  uint32_t stride = 2;
  uint32_t padding = 0;  // less than the window, so that each window holds a number
};

constexpr uint32_t kMaxPoolThreads = 256;

// The window must fit into the padded side.
inline uint32_t maxPoolSide(const MaxPoolArguments& pool, uint32_t side) {
  return (side + 2 * pool.padding - pool.window) / pool.stride + 1;
}

inline uint64_t maxPoolCount(const MaxPoolArguments& pool) {
  return uint64_t{pool.planes} * maxPoolSide(pool, pool.height) * maxPoolSide(pool, pool.width);
}

inline Launch maxPoolLaunch(const MaxPoolArguments& pool) {
  Launch launch;
  launch.name = "max_pool";
  launch.grid = {ceilDiv(maxPoolCount(pool), kMaxPoolThreads), 1, 1};
  launch.block = {kMaxPoolThreads, 1, 1};
  return launch;
}

// One comparison for each number under the window.
inline double maxPoolFlops(const MaxPoolArguments& pool) { return 1.0 * pool.window * pool.window * static_cast<double>(maxPoolCount(pool)); }

inline double maxPoolBytes(const MaxPoolArguments& pool) {
  return sizeof(float) * (1.0 * pool.planes * pool.height * pool.width + static_cast<double>(maxPoolCount(pool)));
}

}  // namespace hka::kernels
