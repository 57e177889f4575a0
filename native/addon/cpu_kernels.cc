#include "cpu_kernels.h"

#include <algorithm>
#include <cmath>

namespace hka {
namespace {

constexpr uint32_t kConvTile = 16;
constexpr uint32_t kSoftmaxThreads = 256;
constexpr uint32_t kReluThreads = 256;
constexpr size_t kReluBlockElements = 4096;

constexpr uint32_t ceilDiv(size_t value, size_t by) { return static_cast<uint32_t>((value + by - 1) / by); }

// One block computes one Tile×Tile piece of c, walking k in steps of Tile through two buffers, as the CUDA kernel does in
// shared memory. Outside the matrices the buffers hold zeros.
template <uint32_t Tile>
void gemmBlock(const GemmShape& shape, size_t blockRow, size_t blockColumn, const float* a, const float* b, float* c) {
  float tileA[Tile][Tile];
  float tileB[Tile][Tile];
  float sums[Tile][Tile] = {};
  const size_t rowBegin = blockRow * Tile;
  const size_t columnBegin = blockColumn * Tile;
  for (size_t step = 0; step < shape.k; step += Tile) {
    for (size_t y = 0; y < Tile; ++y) {
      for (size_t x = 0; x < Tile; ++x) {
        const bool insideA = rowBegin + y < shape.m && step + x < shape.k;
        const bool insideB = step + y < shape.k && columnBegin + x < shape.n;
        tileA[y][x] = insideA ? a[(rowBegin + y) * shape.k + step + x] : 0.0f;
        tileB[y][x] = insideB ? b[(step + y) * shape.n + columnBegin + x] : 0.0f;
      }
    }
    for (size_t y = 0; y < Tile; ++y) {
      for (size_t inner = 0; inner < Tile; ++inner) {
        const float left = tileA[y][inner];
        for (size_t x = 0; x < Tile; ++x) sums[y][x] += left * tileB[inner][x];
      }
    }
  }
  const size_t rowEnd = std::min<size_t>(Tile, shape.m - rowBegin);
  const size_t columnEnd = std::min<size_t>(Tile, shape.n - columnBegin);
  for (size_t y = 0; y < rowEnd; ++y) {
    std::copy_n(sums[y], columnEnd, c + (rowBegin + y) * shape.n + columnBegin);
  }
}

template <uint32_t Tile>
Launch gemm(ThreadPool& pool, const GemmShape& shape, const float* a, const float* b, float* c) {
  const Dim3 grid{ceilDiv(shape.n, Tile), ceilDiv(shape.m, Tile), 1};
  pool.forEachBlock(size_t{grid.x} * grid.y, [&](size_t block) { gemmBlock<Tile>(shape, block / grid.x, block % grid.x, a, b, c); });
  return {grid, {Tile, Tile, 1}, 2 * Tile * Tile * static_cast<uint32_t>(sizeof(float))};
}

float convAt(const ConvShape& shape, size_t row, size_t column, const float* input, const float* weights) {
  float sum = 0;
  for (size_t channel = 0; channel < shape.channelsIn; ++channel) {
    const float* plane = input + channel * shape.height * shape.width;
    const float* filter = weights + channel * 9;
    for (size_t dy = 0; dy < 3; ++dy) {
      const size_t y = row + dy;  // one more than the input's row, so that it never goes below zero
      if (y < 1 || y > shape.height) continue;
      for (size_t dx = 0; dx < 3; ++dx) {
        const size_t x = column + dx;
        if (x >= 1 && x <= shape.width) sum += plane[(y - 1) * shape.width + x - 1] * filter[dy * 3 + dx];
      }
    }
  }
  return sum;
}

}  // namespace

Launch gemmTile(ThreadPool& pool, uint32_t tile, const GemmShape& shape, const float* a, const float* b, float* c) {
  if (tile == 8) return gemm<8>(pool, shape, a, b, c);
  if (tile == 16) return gemm<16>(pool, shape, a, b, c);
  return gemm<32>(pool, shape, a, b, c);
}

Launch conv3x3(ThreadPool& pool, const ConvShape& shape, const float* input, const float* weights, float* output) {
  const Dim3 grid{ceilDiv(shape.width, kConvTile), ceilDiv(shape.height, kConvTile), static_cast<uint32_t>(shape.channelsOut)};
  const size_t blocksPerPlane = size_t{grid.x} * grid.y;
  pool.forEachBlock(blocksPerPlane * grid.z, [&](size_t block) {
    const size_t channel = block / blocksPerPlane;
    const size_t rowBegin = block % blocksPerPlane / grid.x * kConvTile;
    const size_t columnBegin = block % grid.x * kConvTile;
    const float* filter = weights + channel * shape.channelsIn * 9;
    float* plane = output + channel * shape.height * shape.width;
    const size_t rowEnd = std::min<size_t>(shape.height, rowBegin + kConvTile);
    const size_t columnEnd = std::min<size_t>(shape.width, columnBegin + kConvTile);
    for (size_t row = rowBegin; row < rowEnd; ++row) {
      for (size_t column = columnBegin; column < columnEnd; ++column) {
        plane[row * shape.width + column] = convAt(shape, row, column, input, filter);
      }
    }
  });
  return {grid, {kConvTile, kConvTile, 1}, 0};
}

Launch softmax(ThreadPool& pool, size_t rows, size_t columns, const float* input, float* output) {
  pool.forEachBlock(rows, [&](size_t row) {
    const float* in = input + row * columns;
    float* out = output + row * columns;
    const float largest = *std::max_element(in, in + columns);
    float sum = 0;
    for (size_t i = 0; i < columns; ++i) sum += out[i] = std::exp(in[i] - largest);
    for (size_t i = 0; i < columns; ++i) out[i] /= sum;
  });
  return {{static_cast<uint32_t>(rows), 1, 1}, {kSoftmaxThreads, 1, 1}, kSoftmaxThreads * static_cast<uint32_t>(sizeof(float))};
}

Launch relu(ThreadPool& pool, size_t count, const float* input, float* output) {
  pool.forEachBlock(ceilDiv(count, kReluBlockElements), [&](size_t block) {
    const size_t end = std::min(count, (block + 1) * kReluBlockElements);
    for (size_t i = block * kReluBlockElements; i < end; ++i) output[i] = std::max(0.0f, input[i]);
  });
  return {{ceilDiv(count, kReluBlockElements), 1, 1}, {kReluThreads, 1, 1}, 0};
}

}  // namespace hka
