#include "kernels/preprocess/preprocess_cuda.h"

namespace hka::kernels {

namespace {

constexpr uint32_t kBlockRows = kPreprocessThreadsY * kPreprocessRows;

// 2^23 as bits: a byte put into its low end makes the float 2^23 + byte, without a conversion, which a multiprocessor can do for few
// threads at a time. Differences of two such floats are exact.
constexpr uint32_t kTwo23Bits = 0x4b000000;
constexpr float kTwo23 = 8388608.0F;

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

// Loads whole words around the pair, at any alignment. Reads no word in which none of the six bytes lies.
__device__ PixelPair loadPair(const uint32_t* words, size_t byteOffset) {
  const uint32_t* from = words + byteOffset / 4;
  const uint32_t shift = static_cast<uint32_t>(byteOffset % 4) * 8;
  const uint32_t first = __ldg(from);
  const uint32_t second = __ldg(from + 1);
  const uint32_t third = shift == 24 ? __ldg(from + 2) : 0;
  return {__funnelshift_r(first, second, shift), __funnelshift_r(second, third, shift)};
}

// The same byte by byte, where a whole word would reach behind the end of the pictures, or where there is no second pixel.
__device__ PixelPair loadPairBytewise(const uint8_t* bytes, size_t byteOffset, uint32_t right) {
  const uint8_t* from = bytes + byteOffset;
  return {from[0] | from[1] << 8 | from[2] << 16 | from[right] << 24, from[right + 1] | static_cast<uint32_t>(from[right + 2] << 8)};
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

}  // namespace

// A thread keeps its column of the target and walks down kPreprocessRows rows of it, kPreprocessThreadsY apart. The rows' neighbours are
// worked out once a block, the column's once a thread. Six words a pixel are loaded instead of twelve bytes.
__global__ void __launch_bounds__(kPreprocessThreadsX* kPreprocessThreadsY)
    preprocess_words(PreprocessArguments preprocess, PreprocessContent content) {
  __shared__ PreprocessTap taps[kBlockRows];
  const uint32_t firstRow = blockIdx.y * kBlockRows;
  if (threadIdx.y == 0 && threadIdx.x < kBlockRows) {
    const uint32_t row = firstRow + threadIdx.x - content.top;
    taps[threadIdx.x] = preprocessTap(row < content.height ? row : 0, preprocess.sourceHeight, content.height);
  }
  __syncthreads();
  const uint32_t x = blockIdx.x * kPreprocessThreadsX + threadIdx.x;
  if (x >= preprocess.targetWidth) return;
  const uint32_t column = x - content.left;  // of the picture; a pixel left of it wraps round and is not inside either
  const bool isColumnInside = column < content.width;
  const PreprocessTap across = preprocessTap(isColumnInside ? column : 0, preprocess.sourceWidth, content.width);
  const uint32_t right = preprocess.sourceWidth > 1 ? 3 : 0;
  const size_t rowBytes = size_t{preprocess.sourceWidth} * 3;
  const size_t imageBytes = rowBytes * preprocess.sourceHeight;
  const size_t allBytes = imageBytes * preprocess.images;
  const size_t columnOffset = blockIdx.z * imageBytes + across.first * 3;
  const size_t planeCount = size_t{preprocess.targetWidth} * preprocess.targetHeight;
  float* outColumn = preprocess.output + blockIdx.z * 3 * planeCount + x;
  const auto load = [&](size_t byteOffset) {
    const bool isWhole = right > 0 && byteOffset + 9 <= allBytes;
    return isWhole ? loadPair(reinterpret_cast<const uint32_t*>(preprocess.input), byteOffset)
                   : loadPairBytewise(preprocess.input, byteOffset, right);
  };
#pragma unroll
  for (uint32_t step = 0; step < kPreprocessRows; ++step) {
    const uint32_t blockRow = threadIdx.y + step * kPreprocessThreadsY;
    const uint32_t y = firstRow + blockRow;
    if (y >= preprocess.targetHeight) break;
    Colours colours = {{preprocess.padValue, preprocess.padValue, preprocess.padValue}};
    if (isColumnInside && y - content.top < content.height) {
      const PreprocessTap down = taps[blockRow];
      const size_t offset = columnOffset + down.first * rowBytes;
      const PixelPair abovePair = load(offset);
      const PixelPair belowPair = load(preprocess.sourceHeight > 1 ? offset + rowBytes : offset);
      const Colours above = between(abovePair, across.fraction);
      const Colours below = between(belowPair, across.fraction);
#pragma unroll
      for (uint32_t channel = 0; channel < 3; ++channel) {
        const float value = above.channels[channel];
        colours.channels[channel] = fmaf(down.fraction, below.channels[channel] - value, value);
      }
    }
    float* out = outColumn + size_t{y} * preprocess.targetWidth;
#pragma unroll
    for (uint32_t channel = 0; channel < 3; ++channel) {
      const float colour = colours.channels[preprocess.swapsRedBlue ? 2 - channel : channel];
      __stcs(out + channel * planeCount, (colour - preprocess.mean[channel]) * preprocess.scale[channel]);
    }
  }
}

cudaError_t launchPreprocessWords(const PreprocessArguments& preprocess, cudaStream_t stream) {
  const Launch launch = preprocessLaunch(preprocess);
  preprocess_words<<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(preprocess, preprocessContent(preprocess));
  return cudaGetLastError();
}

}  // namespace hka::kernels
