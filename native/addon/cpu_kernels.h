// CPU twins of four CUDA kernels: the same grid, the same tiling, a block of the grid is one unit of work for a thread.
// All tensors are float32. Each returns the launch as a GPU would have been given it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "thread_pool.h"

namespace hka {

struct Dim3 {
  uint32_t x = 1;
  uint32_t y = 1;
  uint32_t z = 1;
};

struct Launch {
  Dim3 grid;
  Dim3 block;
  uint32_t staticSharedBytes = 0;  // what the tile buffers of one block take
};

// c[m×n] = a[m×k] · b[k×n], row-major; tiles of 8, 16 or 32.
struct GemmShape {
  size_t m = 0;
  size_t n = 0;
  size_t k = 0;
};
Launch gemmTile(ThreadPool& pool, uint32_t tile, const GemmShape& shape, const float* a, const float* b, float* c);

// 3×3 convolution, stride 1, zero padding 1. input[channelsIn×height×width], weights[channelsOut×channelsIn×3×3],
// output[channelsOut×height×width].
struct ConvShape {
  size_t channelsIn = 0;
  size_t channelsOut = 0;
  size_t height = 0;
  size_t width = 0;
};
Launch conv3x3(ThreadPool& pool, const ConvShape& shape, const float* input, const float* weights, float* output);

// Softmax along each row of input[rows×columns]; the row's maximum is subtracted first, so that exp() never overflows.
Launch softmax(ThreadPool& pool, size_t rows, size_t columns, const float* input, float* output);

// output[i] = max(0, input[i]).
Launch relu(ThreadPool& pool, size_t count, const float* input, float* output);

}  // namespace hka
