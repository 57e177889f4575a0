// Rows of one table to packets: the C++ side of shared/wire/encode.ts. A writer owns one buffer a column, sized once; append()
// never allocates for rows without text. Not thread-safe: each thread that writes has its own, or a lock around it.
#pragma once

#include <algorithm>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <vector>

#include "wire/crc32.h"
#include "wire/layout.h"

namespace hka::wire {

constexpr size_t padded(size_t byteCount) { return (byteCount + 7) & ~size_t{7}; }

constexpr std::string_view kEllipsis = "\xe2\x80\xa6";  // "…"

// The part of `text` that is kept: all of it, or, when it is over the format's limit, what ends at a character's edge and
// leaves room for kEllipsis.
inline std::string_view cutText(std::string_view text) {
  if (text.size() <= kStringBytesMax) return text;
  size_t end = kStringBytesMax - kEllipsis.size();
  while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

template <class Row>
class PacketWriter {
 public:
  // At most `rowCountMax` rows a packet, and never more than the format allows.
  explicit PacketWriter(size_t rowCountMax = kRowCountMax) {
    size_t columnCount = 0;
    Row{}.forEachColumn([&](const auto& value) {
      rowBytes_ += widthOf(value);
      ++columnCount;
    });
    // Each column may end in up to 7 bytes of padding, a text column in twice that.
    paddingBytesMax_ = columnCount * 16;
    rowCountMax_ = std::min({rowCountMax, kRowCountMax, (kBodyBytesMax - paddingBytesMax_) / rowBytes_});
    columns_.resize(columnCount);
    texts_.resize(columnCount);
    size_t index = 0;
    Row{}.forEachColumn([&](const auto& value) { columns_[index++].resize(widthOf(value) * rowCountMax_); });
  }

  // False when the packet has no room for this row: take() it first. One row alone always fits.
  [[nodiscard]] bool append(const Row& row) {
    if (rowCount_ == rowCountMax_) return false;
    size_t textBytes = 0;
    row.forEachColumn([&](const auto& value) { textBytes += textBytesOf(value); });
    const size_t bodyBytes = rowBytes_ * (rowCount_ + 1) + textBytes_ + textBytes + paddingBytesMax_;
    if (bodyBytes > kBodyBytesMax) return false;
    textBytes_ += textBytes;
    size_t index = 0;
    row.forEachColumn([&](const auto& value) { store(index++, value); });
    ++rowCount_;
    return true;
  }

  [[nodiscard]] size_t rowCount() const { return rowCount_; }
  [[nodiscard]] bool isFull() const { return rowCount_ == rowCountMax_; }

  // Appends the packet to `out` and begins a new one. Sequence 0: intake stamps it. Nothing is written when there are no rows.
  void take(uint32_t sourceId, std::vector<uint8_t>& out) {
    if (rowCount_ == 0) return;
    const size_t packetAt = out.size();
    out.resize(packetAt + kHeaderBytes);
    size_t index = 0;
    Row{}.forEachColumn([&](const auto& value) {
      appendPadded(out, columns_[index].data(), widthOf(value) * rowCount_);
      if constexpr (isText<decltype(value)>()) appendPadded(out, texts_[index].data(), texts_[index].size());
      texts_[index].clear();
      ++index;
    });
    writeHeader(out.data() + packetAt, out.size() - packetAt, sourceId);
    rowCount_ = 0;
    textBytes_ = 0;
  }

 private:
  template <class T>
  static constexpr bool isText() {
    return std::is_same_v<std::decay_t<T>, std::string_view>;
  }
  template <class T>
  static constexpr size_t widthOf(const T&) {
    return isText<T>() ? sizeof(uint32_t) : sizeof(T);
  }
  template <class T>
  static size_t textBytesOf(const T& value) {
    if constexpr (isText<T>()) {
      const size_t keptBytes = cutText(value).size();
      return keptBytes == value.size() ? keptBytes : keptBytes + kEllipsis.size();
    }
    return 0;
  }

  template <class T>
  void store(size_t index, const T& value) {
    if constexpr (isText<T>()) {
      auto& text = texts_[index];
      const auto cut = cutText(value);
      text.insert(text.end(), cut.begin(), cut.end());
      if (cut.size() < value.size()) text.insert(text.end(), kEllipsis.begin(), kEllipsis.end());
      const auto byteEnd = static_cast<uint32_t>(text.size());
      std::memcpy(columns_[index].data() + rowCount_ * sizeof(uint32_t), &byteEnd, sizeof(byteEnd));
    } else {
      std::memcpy(columns_[index].data() + rowCount_ * sizeof(T), &value, sizeof(T));
    }
  }

  static void appendPadded(std::vector<uint8_t>& out, const uint8_t* bytes, size_t byteCount) {
    out.insert(out.end(), bytes, bytes + byteCount);
    out.resize(out.size() + (padded(byteCount) - byteCount));
  }

  void writeHeader(uint8_t* packet, size_t packetBytes, uint32_t sourceId) const {
    const auto put = [&](size_t at, auto value) { std::memcpy(packet + at, &value, sizeof(value)); };
    put(kMagicAt, kMagic);
    put(kVersionAt, kFormatVersion);
    put(kKindAt, Row::kKind);
    put(kSourceIdAt, sourceId);
    put(kRowCountAt, static_cast<uint32_t>(rowCount_));
    put(kSequenceAt, uint64_t{0});
    put(kBodyBytesAt, static_cast<uint32_t>(packetBytes - kHeaderBytes));
    // Source and sequence are outside the checksum, because intake stamps them.
    uint32_t crc = crc32(packet + kMagicAt, kSourceIdAt - kMagicAt);
    crc = crc32(packet + kRowCountAt, kSequenceAt - kRowCountAt, crc);
    crc = crc32(packet + kBodyBytesAt, kCrc32At - kBodyBytesAt, crc);
    crc = crc32(packet + kHeaderBytes, packetBytes - kHeaderBytes, crc);
    put(kCrc32At, crc);
  }

  size_t rowBytes_ = 0;         // of one row without its text
  size_t paddingBytesMax_ = 0;  // of a whole packet
  size_t rowCountMax_ = 0;
  size_t rowCount_ = 0;
  size_t textBytes_ = 0;
  std::vector<std::vector<uint8_t>> columns_;
  std::vector<std::vector<uint8_t>> texts_;
};

}  // namespace hka::wire
