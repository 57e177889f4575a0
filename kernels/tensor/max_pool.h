// The largest number under a square window that slides over each plane of a float32 picture; what lies beyond the edge does not count.
// A NaN under the window is the answer. Windows wider than their stride share most of their numbers: the cache gives them.
// Halves lie in NHWC: `planes` is then images, and each pixel holds `channels` of them, a pitch from the next.
#pragma once

#include "kernels/common/launch.h"

namespace hka::kernels {

struct MaxPoolArguments {
  const void* input = nullptr;  // planes × height × width floats, or pixels of halves when channels is not 0
  void* output = nullptr;       // planes × maxPoolSide(height) × maxPoolSide(width) of the same
  uint32_t planes = 0;           // images × channels
  uint32_t height = 0;
  uint32_t width = 0;
  uint32_t window = 2;
  uint32_t stride = 2;
  uint32_t padding = 0;  // less than the window, so that each window holds a number
  uint32_t channels = 0;  // halves in NHWC; a multiple of 8, as are the pitches. 0: floats
  uint32_t inputPitch = 0;
  uint32_t outputPitch = 0;
};

constexpr uint32_t kMaxPoolThreads = 256;
// Of the halves: a thread has eight, so that a small picture has few threads, and small blocks reach more multiprocessors.
constexpr uint32_t kMaxPoolChunkThreads = 64;
constexpr uint32_t kMaxPoolChunk = 8;

// The window must fit into the padded side.
inline uint32_t maxPoolSide(const MaxPoolArguments& pool, uint32_t side) {
  return (side + 2 * pool.padding - pool.window) / pool.stride + 1;
}

// Windows of one channel of all images, or of the floats' planes.
inline uint64_t maxPoolPixels(const MaxPoolArguments& pool) {
  return uint64_t{pool.planes} * maxPoolSide(pool, pool.height) * maxPoolSide(pool, pool.width);
}

inline uint64_t maxPoolCount(const MaxPoolArguments& pool) { return maxPoolPixels(pool) * (pool.channels == 0 ? 1 : pool.channels); }

inline Launch maxPoolLaunch(const MaxPoolArguments& pool) {
  const bool isChunks = pool.channels != 0;
  const uint32_t threads = isChunks ? kMaxPoolChunkThreads : kMaxPoolThreads;
  Launch launch;
  launch.name = isChunks ? "max_pool_chunks" : "max_pool";
  launch.grid = {ceilDiv(isChunks ? maxPoolCount(pool) / kMaxPoolChunk : maxPoolCount(pool), threads), 1, 1};
  launch.block = {threads, 1, 1};
  return launch;
}

// One comparison for each number under the window.
inline double maxPoolFlops(const MaxPoolArguments& pool) {
  return 1.0 * pool.window * pool.window * static_cast<double>(maxPoolCount(pool));
}

inline double maxPoolBytes(const MaxPoolArguments& pool) {
  const double channels = pool.channels == 0 ? 1 : pool.channels;
  const double elementBytes = pool.channels == 0 ? sizeof(float) : sizeof(uint16_t);
  return elementBytes * (channels * pool.planes * pool.height * pool.width + static_cast<double>(maxPoolCount(pool)));
}

}  // namespace hka::kernels
