#include "addon/cpu/preprocess_twin.h"

#include <algorithm>

namespace hka::addon {
namespace {

using kernels::PreprocessArguments;
using kernels::PreprocessContent;
using kernels::PreprocessTap;
using kernels::preprocessTap;

struct PreprocessPass {
  PreprocessArguments preprocess;
  PreprocessContent content;
  kernels::Dim3 grid;
  uint32_t blockRows;
};

// The colour between four pixels; `right` and `below` are how far the neighbours lie apart in bytes.
float bilinear(const uint8_t* pixel, size_t right, size_t below, float across, float down) {
  const float above = pixel[0] + across * static_cast<float>(pixel[right] - pixel[0]);
  const float under = pixel[below] + across * static_cast<float>(pixel[below + right] - pixel[below]);
  return above + down * (under - above);
}

void preprocessRow(const PreprocessPass& pass, uint64_t image, uint32_t firstX, uint32_t endX, uint32_t y) {
  const PreprocessArguments& preprocess = pass.preprocess;
  const PreprocessContent& content = pass.content;
  const size_t rowBytes = size_t{preprocess.sourceWidth} * 3;
  const size_t right = preprocess.sourceWidth > 1 ? 3 : 0;
  const size_t below = preprocess.sourceHeight > 1 ? rowBytes : 0;
  const bool isRowInside = y - content.top < content.height;  // a row above it wraps round and is not inside either
  const PreprocessTap down = preprocessTap(isRowInside ? y - content.top : 0, preprocess.sourceHeight, content.height);
  const uint8_t* sourceRow = preprocess.input + (image * preprocess.sourceHeight + down.first) * rowBytes;
  const size_t planeCount = size_t{preprocess.targetWidth} * preprocess.targetHeight;
  float* out = preprocess.output + image * 3 * planeCount + size_t{y} * preprocess.targetWidth;
  for (uint32_t x = firstX; x < endX; ++x) {
    const uint32_t column = x - content.left;
    const bool isInside = isRowInside && column < content.width;
    const PreprocessTap across = preprocessTap(isInside ? column : 0, preprocess.sourceWidth, content.width);
    for (uint32_t channel = 0; channel < 3; ++channel) {
      const uint8_t* pixel = sourceRow + size_t{across.first} * 3 + (preprocess.swapsRedBlue ? 2 - channel : channel);
      const float value = isInside ? bilinear(pixel, right, below, across.fraction, down.fraction) : preprocess.padValue;
      out[channel * planeCount + x] = (value - preprocess.mean[channel]) * preprocess.scale[channel];
    }
  }
}

void preprocessBlock(const PreprocessPass& pass, uint64_t block) {
  const uint64_t blockX = block % pass.grid.x;
  const uint64_t blockY = block / pass.grid.x % pass.grid.y;
  const uint64_t image = block / pass.grid.x / pass.grid.y;
  const auto firstX = static_cast<uint32_t>(blockX * kernels::kPreprocessThreadsX);
  const auto firstY = static_cast<uint32_t>(blockY * pass.blockRows);
  const uint32_t endX = std::min(firstX + kernels::kPreprocessThreadsX, pass.preprocess.targetWidth);
  const uint32_t endY = std::min(firstY + pass.blockRows, pass.preprocess.targetHeight);
  for (uint32_t y = firstY; y < endY; ++y) preprocessRow(pass, image, firstX, endX, y);
}

}  // namespace

BlockRange preprocessTwin(const PreprocessArguments& preprocess) {
  const bool isWords = kernels::isPreprocessWords(preprocess);
  const uint32_t blockRows = kernels::kPreprocessThreadsY * (isWords ? kernels::kPreprocessRows : 1);
  const PreprocessPass pass = {preprocess, kernels::preprocessContent(preprocess), kernels::preprocessLaunch(preprocess).grid, blockRows};
  return [pass](uint64_t firstBlock, uint64_t endBlock) {
    for (uint64_t block = firstBlock; block < endBlock; ++block) preprocessBlock(pass, block);
  };
}

}  // namespace hka::addon
