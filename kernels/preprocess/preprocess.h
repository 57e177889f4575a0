// From camera pictures to the input of a network, one launch for a batch: bytes, row by row with three channels beside each other
// (HWC), become normalised float32 planes (CHW), resized with bilinear interpolation. Half-pixel centres: target pixel x lies over
// source position (x + 1/2) · source / target - 1/2, and what lies outside the picture takes the pixel at its edge.
//
//   output[c] = (value[c] - mean[c]) · scale[c], with values from 0 to 255 and c counted in the output
//
// Letterbox keeps the picture's proportions: it fills the target in one direction, is centred in the other, and the rest is padValue.
#pragma once

#include <algorithm>

#include "kernels/common/host_device.h"
#include "kernels/common/launch.h"

namespace hka::kernels {

enum class PreprocessVariant : uint32_t { bytes, words };
constexpr const char* kPreprocessVariants[] = {"bytes", "words"};

struct PreprocessArguments {
  const uint8_t* input = nullptr;  // images × sourceHeight × sourceWidth × 3; preprocessInputBytes() can be read, at a multiple of 4
  float* output = nullptr;         // images × 3 × targetHeight × targetWidth
  uint32_t images = 0;
  uint32_t sourceWidth = 0;
  uint32_t sourceHeight = 0;
  uint32_t targetWidth = 0;
  uint32_t targetHeight = 0;
  bool swapsRedBlue = false;  // BGR in, RGB out, or the other way round
  bool isLetterboxed = false;
  float padValue = 0;  // of every channel, from 0 to 255, normalised like a pixel
  float mean[3] = {0, 0, 0};
  float scale[3] = {1, 1, 1};
  PreprocessVariant variant = PreprocessVariant::words;
};

// So that a doubled position times a side stays below 2^31.
constexpr uint32_t kPreprocessSideMax = 16384;
constexpr uint32_t kPreprocessThreadsX = 64;
constexpr uint32_t kPreprocessThreadsY = 2;
constexpr uint32_t kPreprocessRows = 4;  // of the target, for one thread of the words variant

// Whether the words variant runs: it reads two pixels at once, and leaves pictures that are one pixel wide to the other.
inline bool isPreprocessWords(const PreprocessArguments& preprocess) {
  return preprocess.variant == PreprocessVariant::words && preprocess.sourceWidth > 1;
}

// Words are read whole, also where the pictures end inside one.
inline uint64_t preprocessInputBytes(const PreprocessArguments& preprocess) {
  const uint64_t bytes = uint64_t{preprocess.images} * preprocess.sourceHeight * preprocess.sourceWidth * 3;
  return isPreprocessWords(preprocess) ? (bytes + 3) / 4 * 4 : bytes;
}

// Where the picture lies in the target.
struct PreprocessContent {
  uint32_t left = 0;
  uint32_t top = 0;
  uint32_t width = 0;
  uint32_t height = 0;
};

// The letterbox's sides are rounded to the nearest whole pixel, at least one; an odd rest is larger on the right and at the bottom.
inline PreprocessContent preprocessContent(const PreprocessArguments& preprocess) {
  const uint64_t targetWidth = preprocess.targetWidth;
  const uint64_t targetHeight = preprocess.targetHeight;
  if (!preprocess.isLetterboxed) return {0, 0, preprocess.targetWidth, preprocess.targetHeight};
  const uint64_t sourceWidth = preprocess.sourceWidth;
  const uint64_t sourceHeight = preprocess.sourceHeight;
  uint64_t width = targetWidth;
  uint64_t height = targetHeight;
  if (targetWidth * sourceHeight <= targetHeight * sourceWidth) {
    height = std::max<uint64_t>(1, (2 * sourceHeight * targetWidth + sourceWidth) / (2 * sourceWidth));
  } else {
    width = std::max<uint64_t>(1, (2 * sourceWidth * targetHeight + sourceHeight) / (2 * sourceHeight));
  }
  return {static_cast<uint32_t>((targetWidth - width) / 2), static_cast<uint32_t>((targetHeight - height) / 2),
          static_cast<uint32_t>(width), static_cast<uint32_t>(height)};
}

// The two neighbours of a source position, `first` and first + 1, and how far it lies on the way to the second: 0..1.
struct PreprocessTap {
  uint32_t first;
  float fraction;
};

// In whole numbers, so that every device takes the same neighbours. Where the source has one pixel only, `first` is 0 and the fraction 0.
HKA_HOST_DEVICE inline PreprocessTap preprocessTap(uint32_t position, uint32_t source, uint32_t content) {
  const int32_t doubled = static_cast<int32_t>((2 * position + 1) * source) - static_cast<int32_t>(content);
  if (doubled <= 0 || source == 1) return {0, 0.0F};
  const uint32_t first = static_cast<uint32_t>(doubled) / (2 * content);
  // At the far edge both neighbours would be the last pixel: that is the whole way from the last but one.
  if (first >= source - 1) return {source - 2, 1.0F};
  const uint32_t rest = static_cast<uint32_t>(doubled) - first * (2 * content);
  return {first, static_cast<float>(rest) / static_cast<float>(2 * content)};
}

inline Launch preprocessLaunch(const PreprocessArguments& preprocess) {
  const bool isWords = isPreprocessWords(preprocess);
  const uint32_t rows = kPreprocessThreadsY * (isWords ? kPreprocessRows : 1);
  Launch launch;
  launch.name = isWords ? "preprocess_words" : "preprocess_bytes";
  launch.grid = {ceilDiv(preprocess.targetWidth, kPreprocessThreadsX), ceilDiv(preprocess.targetHeight, rows), preprocess.images};
  launch.block = {kPreprocessThreadsX, kPreprocessThreadsY, 1};
  // Two numbers for each row and column of the block.
  if (isWords) launch.staticSharedBytes = (rows + kPreprocessThreadsX) * 2 * static_cast<uint32_t>(sizeof(float));
  return launch;
}

// For each channel of a pixel of the picture three interpolations of three operations, and two for the mean and the scale.
inline double preprocessFlops(const PreprocessArguments& preprocess) {
  const PreprocessContent content = preprocessContent(preprocess);
  return 11.0 * 3 * preprocess.images * content.width * content.height;
}

// Every output value written once, and every source pixel that counts read once: when the picture shrinks to less than half in a
// direction, the pixels between the neighbours do not.
inline double preprocessBytes(const PreprocessArguments& preprocess) {
  const PreprocessContent content = preprocessContent(preprocess);
  const double columns = std::min<double>(preprocess.sourceWidth, 2.0 * content.width);
  const double rows = std::min<double>(preprocess.sourceHeight, 2.0 * content.height);
  const double written = 3.0 * sizeof(float) * preprocess.targetWidth * preprocess.targetHeight;
  return preprocess.images * (3 * columns * rows + written);
}

}  // namespace hka::kernels
