// CRC-32 with zlib's polynomial (reversed 0xEDB88320), sliced by eight. One table set for the process, made before main.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace hka::wire {

using CrcTables = std::array<std::array<uint32_t, 256>, 8>;

constexpr CrcTables makeCrcTables() {
  CrcTables tables{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) ? (crc >> 1) ^ 0xedb88320u : crc >> 1;
    tables[0][byte] = crc;
  }
  for (size_t slice = 1; slice < tables.size(); ++slice) {
    for (size_t byte = 0; byte < 256; ++byte) {
      const uint32_t previous = tables[slice - 1][byte];
      tables[slice][byte] = tables[0][previous & 0xff] ^ (previous >> 8);
    }
  }
  return tables;
}

inline constexpr CrcTables kCrcTables = makeCrcTables();

// CRC-32 of `byteCount` bytes at `bytes`, continued from `seed` (0 to begin).
inline uint32_t crc32(const void* bytes, size_t byteCount, uint32_t seed = 0) {
  const auto* at = static_cast<const uint8_t*>(bytes);
  uint32_t crc = ~seed;
  for (; byteCount >= 8; byteCount -= 8, at += 8) {
    uint32_t low;
    uint32_t high;
    std::memcpy(&low, at, 4);
    std::memcpy(&high, at + 4, 4);
    low ^= crc;
    crc = kCrcTables[7][low & 0xff] ^ kCrcTables[6][(low >> 8) & 0xff] ^ kCrcTables[5][(low >> 16) & 0xff] ^
          kCrcTables[4][low >> 24] ^ kCrcTables[3][high & 0xff] ^ kCrcTables[2][(high >> 8) & 0xff] ^
          kCrcTables[1][(high >> 16) & 0xff] ^ kCrcTables[0][high >> 24];
  }
  for (; byteCount > 0; --byteCount, ++at) crc = kCrcTables[0][(crc ^ *at) & 0xff] ^ (crc >> 8);
  return ~crc;
}

}  // namespace hka::wire
