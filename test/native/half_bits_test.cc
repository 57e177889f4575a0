// kernels/common/half_bits.h over all 65,536 halves, and over every place between two of them where rounding changes its mind.
#include "kernels/common/half_bits.h"

#include <cmath>
#include <cstdio>
#include <limits>

using hka::kernels::floatFromHalf;
using hka::kernels::halfFromFloat;

namespace {

int missCount = 0;

void expect(const char* what, uint32_t half, uint32_t got, uint32_t want) {
  if (got == want) return;
  ++missCount;
  std::printf("%s, half %04x: got %04x, want %04x\n", what, half, got, want);
}

// From the definition: s eeeee ffffffffff.
double valueOf(uint32_t half) {
  const int exponent = static_cast<int>(half >> 10 & 31U);
  const double fraction = half & 1023U;
  const double value = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
  return (half & 0x8000U) != 0 ? -value : value;
}

void checkFinite(uint32_t half) {
  const auto bits = static_cast<uint16_t>(half);
  const float value = floatFromHalf(bits);
  expect("value", half, static_cast<double>(value) == valueOf(half) ? 1 : 0, 1);
  expect("sign", half, std::signbit(value) ? 1 : 0, half >> 15);
  expect("there and back", half, halfFromFloat(value), half);
  // Towards the next larger magnitude: below the middle stays, above it goes, the middle goes to the even one.
  const float next = (half & 0x7fffU) == 0x7bffU ? std::copysign(65536.0F, value) : floatFromHalf(static_cast<uint16_t>(half + 1));
  const float middle = value + (next - value) / 2;
  expect("middle", half, halfFromFloat(middle), half + (half & 1U));
  expect("below the middle", half, halfFromFloat(std::nextafter(middle, value)), half);
  expect("above the middle", half, halfFromFloat(std::nextafter(middle, next)), half + 1);
}

}  // namespace

int main() {
  for (uint32_t half = 0; half <= 0xffffU; ++half) {
    if ((half & 0x7c00U) != 0x7c00U) {
      checkFinite(half);
    } else if ((half & 0x3ffU) == 0) {
      expect("infinity", half, std::isinf(floatFromHalf(static_cast<uint16_t>(half))) ? 1 : 0, 1);
      expect("infinity there and back", half, halfFromFloat(floatFromHalf(static_cast<uint16_t>(half))), half);
    } else {
      const float value = floatFromHalf(static_cast<uint16_t>(half));
      expect("NaN", half, std::isnan(value) ? 1 : 0, 1);
      expect("NaN there and back", half, halfFromFloat(value), (half & 0x8000U) | 0x7e00U);
    }
  }
  expect("largest float", 0, halfFromFloat(std::numeric_limits<float>::max()), 0x7c00);
  expect("least float", 0, halfFromFloat(-std::numeric_limits<float>::denorm_min()), 0x8000);
  if (missCount == 0) std::puts("65536 halves");
  return missCount == 0 ? 0 : 1;
}
