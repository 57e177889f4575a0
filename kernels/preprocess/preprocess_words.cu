#include "kernels/preprocess/preprocess_cuda.h"

namespace hka::kernels {

namespace {

constexpr uint32_t kBlockRows = kPreprocessThreadsY * kPreprocessRows;

// 2^23 as bits: a byte put into its low end makes the float 2^23 + byte, without a conversion, which a multiprocessor can do for few
// threads at a time. Differences of two such floats are exact.
constexpr uint32_t kTwo23Bits = 0x4b000000;
constexpr float kTwo23 = 8388608.0F;

// What is the same for every pixel, worked out by the host. By channel of the source.
struct PreprocessPlan {
  PreprocessContent content;
  uint32_t planes[3];  // first element of the channel's plane in an image of the output
  float factors[3];    // output = value · factor + offset
  float offsets[3];
  float padded[3];  // what the channel's plane holds outside the picture
};

// Six bytes, two neighbouring pixels, in two words: bytes 0..3 and bytes 4..7, of which the last two do not count.
struct PixelPair {
  uint32_t low;
  uint32_t high;
};

// Which byte of `word` the float 2^23 + byte gets.
template <uint32_t kByte>
__device__ float raised(uint32_t word) {
  return __uint_as_float(__byte_perm(word, kTwo23Bits, 0x7650 + kByte));
}

// Loads whole words around the pair, at any alignment. Reads no word in which none of the six bytes lies. The third is rarely needed, and
// asked for without a branch, which would keep the loads of several rows from being on their way together.
__device__ PixelPair loadPair(const uint32_t* words, uint32_t byteOffset) {
  const uint32_t* from = words + byteOffset / 4;
  const uint32_t shift = byteOffset % 4 * 8;
  const uint32_t first = __ldg(from);
  const uint32_t second = __ldg(from + 1);
  const uint32_t third = shift == 24 ? __ldg(from + 2) : 0;
  return {__funnelshift_r(first, second, shift), __funnelshift_r(second, third, shift)};
}

// The colours between two pixels.
struct Colours {
  float channels[3];
};

__device__ Colours between(PixelPair pair, float fraction) {
  const float left[3] = {raised<0>(pair.low), raised<1>(pair.low), raised<2>(pair.low)};
  const float right[3] = {raised<3>(pair.low), raised<0>(pair.high), raised<1>(pair.high)};
  Colours colours{};
#pragma unroll
  for (uint32_t channel = 0; channel < 3; ++channel) {
    colours.channels[channel] = fmaf(fraction, right[channel] - left[channel], left[channel] - kTwo23);
  }
  return colours;
}

// The neighbours of one target row or column, their place in bytes from the first of the picture.
struct ByteTap {
  uint32_t firstByte;
  float fraction;
};

__device__ ByteTap byteTap(uint32_t position, uint32_t source, uint32_t content, uint32_t apartBytes) {
  const PreprocessTap tap = preprocessTap(position < content ? position : 0, source, content);
  return {tap.first * apartBytes, tap.fraction};
}

}  // namespace

// A thread keeps its column of the target and walks down kPreprocessRows rows of it, kPreprocessThreadsY apart. The neighbours of rows and
// columns are worked out once a block. Four to six words a pixel are loaded instead of twelve bytes. Offsets within an image have 32 bits.
__global__ void __launch_bounds__(kPreprocessThreadsX* kPreprocessThreadsY)
    preprocess_words(PreprocessArguments preprocess, PreprocessPlan plan) {
  __shared__ ByteTap rowTaps[kBlockRows];
  __shared__ ByteTap columnTaps[kPreprocessThreadsX];
  const uint32_t rowBytes = preprocess.sourceWidth * 3;
  const uint32_t firstRow = blockIdx.y * kBlockRows;
  const uint32_t x = blockIdx.x * kPreprocessThreadsX + threadIdx.x;
  const uint32_t thread = threadIdx.y * kPreprocessThreadsX + threadIdx.x;
  if (thread < kBlockRows) {
    rowTaps[thread] = byteTap(firstRow + thread - plan.content.top, preprocess.sourceHeight, plan.content.height, rowBytes);
  }
  if (threadIdx.y == kPreprocessThreadsY - 1) {
    columnTaps[threadIdx.x] = byteTap(x - plan.content.left, preprocess.sourceWidth, plan.content.width, 3);
  }
  __syncthreads();
  if (x >= preprocess.targetWidth) return;
  // A pixel left of the picture or above it wraps round and is not inside either.
  const bool isColumnInside = x - plan.content.left < plan.content.width;
  const ByteTap across = columnTaps[threadIdx.x];
  const size_t imageStart = blockIdx.z * (size_t{rowBytes} * preprocess.sourceHeight);
  const uint32_t* words = reinterpret_cast<const uint32_t*>(preprocess.input) + imageStart / 4;
  const uint32_t columnOffset = static_cast<uint32_t>(imageStart % 4) + across.firstByte;
  const uint32_t below = preprocess.sourceHeight > 1 ? rowBytes : 0;
  float* image = preprocess.output + size_t{blockIdx.z} * 3 * preprocess.targetWidth * preprocess.targetHeight;
#pragma unroll
  for (uint32_t step = 0; step < kPreprocessRows; ++step) {
    const uint32_t blockRow = threadIdx.y + step * kPreprocessThreadsY;
    const uint32_t y = firstRow + blockRow;
    if (y >= preprocess.targetHeight) break;
    float values[3] = {plan.padded[0], plan.padded[1], plan.padded[2]};
    if (isColumnInside && y - plan.content.top < plan.content.height) {
      const ByteTap down = rowTaps[blockRow];
      const uint32_t offset = columnOffset + down.firstByte;
      const PixelPair abovePair = loadPair(words, offset);
      const PixelPair belowPair = loadPair(words, offset + below);
      const Colours above = between(abovePair, across.fraction);
      const Colours under = between(belowPair, across.fraction);
#pragma unroll
      for (uint32_t channel = 0; channel < 3; ++channel) {
        const float value = above.channels[channel];
        const float colour = fmaf(down.fraction, under.channels[channel] - value, value);
        values[channel] = fmaf(colour, plan.factors[channel], plan.offsets[channel]);
      }
    }
    const uint32_t pixel = y * preprocess.targetWidth + x;
#pragma unroll
    for (uint32_t channel = 0; channel < 3; ++channel) __stcs(image + (plan.planes[channel] + pixel), values[channel]);
  }
}

cudaError_t launchPreprocessWords(const PreprocessArguments& preprocess, cudaStream_t stream) {
  PreprocessPlan plan{};
  plan.content = preprocessContent(preprocess);
  for (uint32_t source = 0; source < 3; ++source) {
    const uint32_t channel = preprocess.swapsRedBlue ? 2 - source : source;
    const float mean = preprocess.mean[channel];
    const float scale = preprocess.scale[channel];
    plan.planes[source] = channel * preprocess.targetWidth * preprocess.targetHeight;
    plan.factors[source] = scale;
    plan.offsets[source] = -mean * scale;
    plan.padded[source] = (preprocess.padValue - mean) * scale;
  }
  const Launch launch = preprocessLaunch(preprocess);
  preprocess_words<<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(preprocess, plan);
  return cudaGetLastError();
}

}  // namespace hka::kernels
