// The end of conv_half.cu: sums go from registers through shared memory, where those of all slices meet, to the output.
#pragma once

#include <cuda_fp16.h>

#include "kernels/conv/conv_activation.cuh"
#include "kernels/conv_half/conv_half_cuda.h"

namespace hka::kernels {

struct EightFloats {
  float4 low;
  float4 high;

  __device__ __forceinline__ float* all() { return &low.x; }
  __device__ __forceinline__ void add(const float4& otherLow, const float4& otherHigh) {
    low = make_float4(low.x + otherLow.x, low.y + otherLow.y, low.z + otherLow.z, low.w + otherLow.w);
    high = make_float4(high.x + otherHigh.x, high.y + otherHigh.y, high.z + otherHigh.z, high.w + otherHigh.w);
  }
  __device__ __forceinline__ void addHalves(const uint4& halves) {
    const __half2* const pairs = reinterpret_cast<const __half2*>(&halves);
    float* const sums = all();
#pragma unroll
    for (int pair = 0; pair < 4; ++pair) {
      const float2 two = __half22float2(pairs[pair]);
      sums[2 * pair] += two.x;
      sums[2 * pair + 1] += two.y;
    }
  }
};

// A warp's sums into shared memory, rows of kRowFloats. Thread t holds columns 2 (t % 4) and the next of rows t / 4 and 8 below.
template <int kRowFloats, int kPiecesDown, int kPiecesAcross>
__device__ __forceinline__ void keepSums(float* target, const float (&sums)[kPiecesDown][kPiecesAcross][4]) {
  const int lane = threadIdx.x % 32;
  float* const first = target + lane / 4 * kRowFloats + lane % 4 * 2;
#pragma unroll
  for (int down = 0; down < kPiecesDown; ++down) {
#pragma unroll
    for (int across = 0; across < kPiecesAcross; ++across) {
      float* const place = first + down * 16 * kRowFloats + across * 8;
      const float* const four = sums[down][across];
      *reinterpret_cast<float2*>(place) = make_float2(four[0], four[1]);
      *reinterpret_cast<float2*>(place + 8 * kRowFloats) = make_float2(four[2], four[3]);
    }
  }
}

// Activation, residual, and eight elements to the output at once.
__device__ __forceinline__ void writeEight(const ConvHalfArguments& conv, EightFloats eight, const uint4& residual, uint32_t pixel,
                                           uint32_t channel) {
  float* const sums = eight.all();
#pragma unroll
  for (int at = 0; at < 8; ++at) sums[at] = convActivated(conv.activation, sums[at]);
  if (conv.residual != nullptr) eight.addHalves(residual);
  const size_t place = size_t{pixel} * conv.outputPitch + channel;
  if (conv.isFloatOutput) {
    float4* const target = reinterpret_cast<float4*>(static_cast<float*>(conv.output) + place);
    target[0] = eight.low;
    target[1] = eight.high;
  } else {
    uint4 halves;
    __half2* const pairs = reinterpret_cast<__half2*>(&halves);
#pragma unroll
    for (int pair = 0; pair < 4; ++pair) pairs[pair] = __floats2half2_rn(sums[2 * pair], sums[2 * pair + 1]);
    *reinterpret_cast<uint4*>(static_cast<uint16_t*>(conv.output) + place) = halves;
  }
}

// All slices lie in shared memory, one behind the other.
template <int kTilePixels, int kTileChannels, int kSlices, int kThreads>
__device__ __forceinline__ void writeSums(const ConvHalfArguments& conv, const float* kept, const float* bias, uint32_t pixelCount,
                                          uint32_t firstPixel, uint32_t firstChannel) {
  constexpr int kRowFloats = kTileChannels + kConvHalfSumsGap;
  constexpr int kRowChunks = kTileChannels / 8;
#pragma unroll 1
  for (uint32_t index = threadIdx.x; index < kTilePixels * kRowChunks; index += kThreads) {
    const uint32_t row = index / kRowChunks;
    const uint32_t column = index % kRowChunks * 8;
    if (firstPixel + row >= pixelCount || firstChannel + column >= conv.channelsOut) continue;
    const float* const from = kept + row * kRowFloats + column;
    uint4 residual = {};
    // Not through the read-only path: it may be what is written over. Asked for now, so that the sums are added meanwhile.
    if (conv.residual != nullptr) {
      residual = *reinterpret_cast<const uint4*>(conv.residual + size_t{firstPixel + row} * conv.residualPitch + firstChannel + column);
    }
    EightFloats eight = {*reinterpret_cast<const float4*>(bias + column), *reinterpret_cast<const float4*>(bias + column + 4)};
#pragma unroll
    for (int slice = 0; slice < kSlices; ++slice) {
      const float4* const part = reinterpret_cast<const float4*>(from + slice * kTilePixels * kRowFloats);
      eight.add(part[0], part[1]);
    }
    writeEight(conv, eight, residual, firstPixel + row, firstChannel + column);
  }
}

}  // namespace hka::kernels
