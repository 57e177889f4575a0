// IEEE 754 binary16 on a CPU that has no type for it: 1 sign bit, 5 of exponent (bias 15), 10 of fraction.
//
//   s eeeee ffffffffff    e = 0: zero or denormal, f · 2^-24    e = 31: infinity (f = 0) or NaN    else (1 + f/1024) · 2^(e-15)
#pragma once

#include <cstdint>
#include <cstring>

namespace hka::kernels {

// Exact: every half is a float.
inline float floatFromHalf(uint16_t half) {
  const uint32_t sign = (half & 0x8000U) << 16;
  const uint32_t exponent = (half >> 10) & 0x1fU;
  const uint32_t fraction = half & 0x3ffU;
  float value = static_cast<float>(fraction) * 0x1p-24F;  // zero and denormals
  uint32_t bits;
  if (exponent == 0) std::memcpy(&bits, &value, sizeof(bits));
  else if (exponent == 31) bits = 0x7f800000U | fraction << 13;
  else bits = (exponent + 127 - 15) << 23 | fraction << 13;
  bits |= sign;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

// The nearest half; of two equally near ones that with an even last bit, as the GPU's cvt.rn.f16.f32 does. From 65520 on that is
// infinity. A NaN stays one, with its sign.
inline uint16_t halfFromFloat(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  const uint32_t sign = bits >> 16 & 0x8000U;
  const uint32_t magnitude = bits & 0x7fffffffU;
  if (magnitude > 0x7f800000U) return static_cast<uint16_t>(sign | 0x7e00U);
  if (magnitude >= 0x477ff000U) return static_cast<uint16_t>(sign | 0x7c00U);  // 65520, half way to what would be 65536
  if (magnitude < 0x33000000U) return static_cast<uint16_t>(sign);             // below 2^-25, half of the least denormal
  const uint32_t exponent = magnitude >> 23;
  // How many bits of the 24-bit significand are cut off: 13, and one more for each power of two below 2^-14.
  const uint32_t cutBits = exponent >= 113 ? 13 : 126 - exponent;
  const uint32_t significand = (magnitude & 0x7fffffU) | 0x800000U;
  uint32_t half = significand >> cutBits;
  // The implied bit carries into the exponent by itself, here and when rounding reaches the next power of two.
  if (exponent >= 113) half += (exponent - 113) << 10;
  const uint32_t rest = significand & ((1U << cutBits) - 1);
  const uint32_t middle = 1U << (cutBits - 1);
  if (rest > middle || (rest == middle && (half & 1U) != 0)) ++half;
  return static_cast<uint16_t>(sign | half);
}

}  // namespace hka::kernels
