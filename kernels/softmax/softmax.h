// Softmax of each row of a rows × columns matrix, float32. Two ways:
// - passes: one block a row, which it reads again for each step: the maximum, the exponentials, the quotients
// - online: one pass over memory. A row that fits is kept in the registers of a warp or a block; a longer one is read once for its
//   maximum and its sum together, which are corrected whenever a larger maximum turns up, and once more to be written.
#pragma once

#include "kernels/common/launch.h"

namespace hka::kernels {

enum class SoftmaxVariant : uint32_t { passes, online };
constexpr const char* kSoftmaxVariants[] = {"passes", "online"};

struct SoftmaxArguments {
  const float* input = nullptr;
  float* output = nullptr;
  uint32_t rows = 0;
  uint32_t columns = 0;
  SoftmaxVariant variant = SoftmaxVariant::passes;
};

constexpr uint32_t kSoftmaxThreads = 128;  // of a block of passes; a power of two, because its reduction halves

// One kernel of the online variant. A row is shared by `rowThreads` threads, each of which keeps `vectors` vectors of four elements.
struct SoftmaxShape {
  uint32_t vectors;     // 0: the row is not kept
  uint32_t rowThreads;  // 32: a warp; more: a block
  uint32_t threads;     // of a block
};

constexpr SoftmaxShape kSoftmaxShapes[] = {{1, 32, 128},  {2, 32, 128},  {4, 32, 128},  {8, 32, 128},    {2, 256, 256},
                                           {4, 256, 256}, {4, 512, 512}, {8, 512, 512}, {8, 1024, 1024}, {0, 1024, 1024}};
constexpr uint32_t kSoftmaxShapeCount = sizeof(kSoftmaxShapes) / sizeof(kSoftmaxShapes[0]);

// The first shape that keeps such a row; the last keeps none and takes any. Vectors lie at multiples of 16 bytes, so when rows do not,
// up to three elements in front of a row belong to its first vector.
constexpr uint32_t softmaxShapeIndex(uint32_t columns) {
  const uint32_t elements = columns % 4 == 0 ? columns : columns + 3;
  uint32_t index = 0;
  while (kSoftmaxShapes[index].vectors != 0 && elements > kSoftmaxShapes[index].rowThreads * kSoftmaxShapes[index].vectors * 4) ++index;
  return index;
}

inline std::string softmaxName(const SoftmaxShape& shape) {
  if (shape.vectors == 0) return "softmax_stream";
  const std::string vectors = std::to_string(shape.vectors) + ">";
  return shape.rowThreads == 32 ? "softmax_warp<" + vectors : "softmax_block<" + std::to_string(shape.threads) + ", " + vectors;
}

inline Launch softmaxLaunch(const SoftmaxArguments& softmax) {
  Launch launch;
  if (softmax.variant == SoftmaxVariant::passes) {
    launch.name = "softmax_rows";
    launch.grid = {softmax.rows, 1, 1};
    launch.block = {kSoftmaxThreads, 1, 1};
    launch.staticSharedBytes = kSoftmaxThreads * static_cast<uint32_t>(sizeof(float));
    return launch;
  }
  const SoftmaxShape& shape = kSoftmaxShapes[softmaxShapeIndex(softmax.columns)];
  launch.name = softmaxName(shape);
  launch.grid = {ceilDiv(softmax.rows, shape.threads / shape.rowThreads), 1, 1};
  launch.block = {shape.threads, 1, 1};
  // One maximum and one sum a warp, where several warps share a row.
  if (shape.rowThreads > 32) launch.staticSharedBytes = 2 * shape.threads / 32 * static_cast<uint32_t>(sizeof(float));
  return launch;
}

// For each element: a comparison, a subtraction, an exponential counted as one, an addition and a division.
inline double softmaxFlops(const SoftmaxArguments& softmax) { return 5.0 * softmax.rows * softmax.columns; }

inline double softmaxBytes(const SoftmaxArguments& softmax) { return 2.0 * sizeof(float) * softmax.rows * softmax.columns; }

}  // namespace hka::kernels
