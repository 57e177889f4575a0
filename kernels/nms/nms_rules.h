// The order of two boxes and whether one suppresses another, for the kernels and their CPU twins. Float32, rounded after every step.
#pragma once

#include <cstring>

#include "kernels/common/host_device.h"
#include "kernels/nms/nms.h"

namespace hka::kernels {

// No box has this key; it stands behind all that have one.
constexpr uint64_t kNmsNoKey = UINT64_MAX;

// Smaller is earlier: the score's bits, turned so that they fall as the score rises, and then the index.
HKA_HOST_DEVICE inline uint64_t nmsKey(float score, float scoreThreshold, uint32_t index) {
  if (!(score > scoreThreshold)) return kNmsNoKey;
  const float unsignedZero = score + 0.0F;  // -0 equals 0, and must not stand behind it
  uint32_t bits = 0;
  memcpy(&bits, &unsignedZero, sizeof(bits));
  // The bits of a negative float rise with its size; those of a positive one already rise, above all negative ones when the sign is set.
  const uint32_t rising = (bits & 0x80000000U) != 0 ? ~bits : bits | 0x80000000U;
  return uint64_t{~rising} << 32 | index;
}

// One rounding, wherever it runs: compilers may else fuse a product with the sum that takes it, and round once for both.
HKA_HOST_DEVICE inline float roundedProduct(float a, float b) {
#if defined(__CUDA_ARCH__)
  return __fmul_rn(a, b);
#else
  return static_cast<float>(static_cast<double>(a) * b);  // exact in double's 53 bits, then rounded
#endif
}

// Spelled out, because the library's functions treat a NaN differently from platform to platform.
HKA_HOST_DEVICE inline float smallerOf(float a, float b) { return a < b ? a : b; }
HKA_HOST_DEVICE inline float largerOf(float a, float b) { return a > b ? a : b; }

// Whether the intersection of two boxes is larger than that share of their union.
HKA_HOST_DEVICE inline bool overlapsMore(const NmsBox& a, const NmsBox& b, float overlapThreshold) {
  const float width = largerOf(smallerOf(a.right, b.right) - largerOf(a.left, b.left), 0.0F);
  const float height = largerOf(smallerOf(a.bottom, b.bottom) - largerOf(a.top, b.top), 0.0F);
  const float intersection = roundedProduct(width, height);
  const float areaA = roundedProduct(a.right - a.left, a.bottom - a.top);
  const float areaB = roundedProduct(b.right - b.left, b.bottom - b.top);
  return intersection > roundedProduct(overlapThreshold, areaA + areaB - intersection);
}

}  // namespace hka::kernels
