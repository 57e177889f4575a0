#include "addon/cpu/tensor_twin.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace hka::addon {
namespace {

using kernels::MaxPoolArguments;
using kernels::TensorArguments;
using kernels::TensorOperation;
using kernels::TensorPlace;

float floatOf(float value) { return value; }
float floatOf(uint16_t half) { return kernels::floatFromHalf(half); }
void setFloat(float& target, float value) { target = value; }
void setFloat(uint16_t& target, float value) { target = kernels::halfFromFloat(value); }

// Runs along the last dimension as long as it lasts, so that places are worked out once a row and not once an element.
template <class Input, class Output, class Compute>
void runRowsOf(const TensorArguments& tensor, uint64_t first, uint64_t end, Compute compute) {
  constexpr uint32_t kLast = kernels::kTensorRank - 1;
  const size_t inputStride = tensor.inputStrides[kLast];
  const size_t secondStride = tensor.secondStrides[kLast];
  const size_t outputStride = tensor.outputStrides[kLast];
  for (uint64_t index = first; index < end;) {
    const TensorPlace place = kernels::tensorPlaceOf(tensor, static_cast<uint32_t>(index));
    const uint64_t count = std::min<uint64_t>(end - index, tensor.dims[kLast] - index % tensor.dims[kLast]);
    const Input* input = static_cast<const Input*>(tensor.input) + place.input;
    const Input* second = tensor.second == nullptr ? nullptr : static_cast<const Input*>(tensor.second) + place.second;
    Output* output = static_cast<Output*>(tensor.output) + place.output;
    for (uint64_t at = 0; at < count; ++at) {
      const float other = second == nullptr ? 0.0F : floatOf(second[at * secondStride]);
      setFloat(output[at * outputStride], compute(floatOf(input[at * inputStride]), other));
    }
    index += count;
  }
}

template <class Compute>
void runRows(const TensorArguments& tensor, uint64_t first, uint64_t end, Compute compute) {
  const bool isHalfInput = tensor.inputElement == kernels::TensorElement::f16;
  const bool isHalfOutput = tensor.outputElement == kernels::TensorElement::f16;
  if (isHalfInput && isHalfOutput) return runRowsOf<uint16_t, uint16_t>(tensor, first, end, compute);
  if (isHalfInput) return runRowsOf<uint16_t, float>(tensor, first, end, compute);
  if (isHalfOutput) return runRowsOf<float, uint16_t>(tensor, first, end, compute);
  runRowsOf<float, float>(tensor, first, end, compute);
}

// A block of the grid moves chunks: bits, so that a NaN keeps its own.
void copyChunks(const TensorArguments& chunks, uint64_t first, uint64_t end) {
  constexpr size_t kChunkBytes = kernels::kTensorChunk * sizeof(uint16_t);
  for (uint64_t index = first; index < end; ++index) {
    const TensorPlace place = kernels::tensorPlaceOf(chunks, static_cast<uint32_t>(index));
    std::memcpy(static_cast<uint8_t*>(chunks.output) + place.output * kChunkBytes,
                static_cast<const uint8_t*>(chunks.input) + place.input * kChunkBytes, kChunkBytes);
  }
}

void runElements(const TensorArguments& tensor, uint64_t first, uint64_t end) {
  switch (tensor.operation) {
    case TensorOperation::copy: return runRows(tensor, first, end, [](float value, float) { return value; });
    case TensorOperation::sigmoid:
      return runRows(tensor, first, end, [](float value, float) { return 1.0F / (1.0F + std::exp(-value)); });
    case TensorOperation::add: return runRows(tensor, first, end, [](float value, float second) { return value + second; });
    case TensorOperation::sub: return runRows(tensor, first, end, [](float value, float second) { return value - second; });
    case TensorOperation::mul: return runRows(tensor, first, end, [](float value, float second) { return value * second; });
    case TensorOperation::div: return runRows(tensor, first, end, [](float value, float second) { return value / second; });
  }
}

float largestAt(const MaxPoolArguments& pool, const float* plane, uint64_t y, uint64_t x) {
  const int64_t firstY = static_cast<int64_t>(y * pool.stride) - pool.padding;
  const int64_t firstX = static_cast<int64_t>(x * pool.stride) - pool.padding;
  const int64_t endY = std::min<int64_t>(firstY + pool.window, pool.height);
  const int64_t endX = std::min<int64_t>(firstX + pool.window, pool.width);
  float largest = -std::numeric_limits<float>::infinity();
  for (int64_t row = std::max<int64_t>(firstY, 0); row < endY; ++row) {
    for (int64_t column = std::max<int64_t>(firstX, 0); column < endX; ++column) {
      const float value = plane[row * pool.width + column];
      if (std::isnan(value)) return value;
      largest = std::max(largest, value);
    }
  }
  return largest;
}

}  // namespace

BlockRange tensorTwin(const TensorArguments& tensor) {
  if (kernels::areTensorChunks(tensor)) {
    return [chunks = kernels::tensorOfChunks(tensor)](uint64_t firstBlock, uint64_t endBlock) {
      copyChunks(chunks, firstBlock * kernels::kTensorThreads, std::min<uint64_t>(endBlock * kernels::kTensorThreads, chunks.count));
    };
  }
  return [tensor](uint64_t firstBlock, uint64_t endBlock) {
    runElements(tensor, firstBlock * kernels::kTensorThreads, std::min<uint64_t>(endBlock * kernels::kTensorThreads, tensor.count));
  };
}

namespace {

// The halves of a pixel lie together, so a window's are compared row by row of eight.
void poolChunk(const MaxPoolArguments& pool, uint64_t pixel, uint64_t channel) {
  const uint64_t height = kernels::maxPoolSide(pool, pool.height);
  const uint64_t width = kernels::maxPoolSide(pool, pool.width);
  const uint64_t image = pixel / width / height;
  const int64_t firstY = static_cast<int64_t>(pixel / width % height * pool.stride) - pool.padding;
  const int64_t firstX = static_cast<int64_t>(pixel % width * pool.stride) - pool.padding;
  const int64_t endY = std::min<int64_t>(firstY + pool.window, pool.height);
  const int64_t endX = std::min<int64_t>(firstX + pool.window, pool.width);
  float largest[kernels::kMaxPoolChunk];
  std::fill(largest, largest + kernels::kMaxPoolChunk, -std::numeric_limits<float>::infinity());
  for (int64_t y = std::max<int64_t>(firstY, 0); y < endY; ++y) {
    for (int64_t x = std::max<int64_t>(firstX, 0); x < endX; ++x) {
      const uint64_t from = (image * pool.height + static_cast<uint64_t>(y)) * pool.width + static_cast<uint64_t>(x);
      const uint16_t* const halves = static_cast<const uint16_t*>(pool.input) + from * pool.inputPitch + channel;
      for (uint32_t at = 0; at < kernels::kMaxPoolChunk; ++at) {
        const float value = kernels::floatFromHalf(halves[at]);
        // Phrased so that a NaN, once there, stays: no number is larger.
        if (!(value <= largest[at])) largest[at] = std::isnan(largest[at]) ? largest[at] : value;
      }
    }
  }
  uint16_t* const target = static_cast<uint16_t*>(pool.output) + pixel * pool.outputPitch + channel;
  for (uint32_t at = 0; at < kernels::kMaxPoolChunk; ++at) target[at] = kernels::halfFromFloat(largest[at]);
}

}  // namespace

BlockRange maxPoolTwin(const MaxPoolArguments& pool) {
  if (pool.channels != 0) {
    return [pool](uint64_t firstBlock, uint64_t endBlock) {
      const uint64_t rowChunks = pool.channels / kernels::kMaxPoolChunk;
      const uint64_t end = std::min<uint64_t>(endBlock * kernels::kMaxPoolChunkThreads, kernels::maxPoolPixels(pool) * rowChunks);
      for (uint64_t index = firstBlock * kernels::kMaxPoolChunkThreads; index < end; ++index) {
        poolChunk(pool, index / rowChunks, index % rowChunks * kernels::kMaxPoolChunk);
      }
    };
  }
  const uint64_t height = kernels::maxPoolSide(pool, pool.height);
  const uint64_t width = kernels::maxPoolSide(pool, pool.width);
  return [pool, height, width](uint64_t firstBlock, uint64_t endBlock) {
    const uint64_t end = std::min<uint64_t>(endBlock * kernels::kMaxPoolThreads, kernels::maxPoolCount(pool));
    for (uint64_t index = firstBlock * kernels::kMaxPoolThreads; index < end; ++index) {
      const float* plane = static_cast<const float*>(pool.input) + index / width / height * pool.height * pool.width;
      static_cast<float*>(pool.output)[index] = largestAt(pool, plane, index / width % height, index % width);
    }
  };
}

}  // namespace hka::addon
