// Collects the rows of one CPU device as packets until JavaScript takes them. Any thread may write; one mutex guards all.
// Bounded: past kPacketBytesMax of packets nobody took, event rows are dropped and counted, and the next take() says so in a loss
// row. Rows that say who and what (strings, devices, streams) are never dropped; kStringCountMax bounds them.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "addon/clock.h"
#include "wire/packet_writer.h"

namespace hka::addon {

// What can be traced, as bits; the names are those of TRACE_KINDS in shared/model/enums.ts.
enum TraceKind : uint32_t {
  kTraceKernel = 1U << 0,
  kTraceMemcpy = 1U << 1,
  kTraceMemory = 1U << 2,
  kTraceApi = 1U << 3,
  kTraceRange = 1U << 4,  // "nvtx"
  kTraceSync = 1U << 5,
};

class RowRecorder {
 public:
  RowRecorder(HostNs epoch, uint32_t sourceId) : epoch_(epoch), sourceId_(sourceId) {}

  void setKinds(uint32_t kinds);
  [[nodiscard]] bool isOn(TraceKind kind) const;

  [[nodiscard]] double sessionNs(HostNs time) const {
    return static_cast<double>(static_cast<int64_t>(time.value - epoch_.value));
  }

  // The number of a text in this source's string table; 0 for the empty text.
  uint32_t stringId(std::string_view text);

  // A row that says who or what.
  template <class Row>
  void writeState(const Row& row) {
    const std::lock_guard<std::mutex> lock(mutex_);
    append(row, statePackets_);
  }

  // A row of something that happened. Never throws, because device threads call it: without memory the row is lost and counted.
  template <class Row>
  void writeEvent(const Row& row) noexcept {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (eventPackets_.size() >= kPacketBytesMax) {
      countLoss();
      return;
    }
    try {
      append(row, eventPackets_);
    } catch (...) {
      countLoss();
    }
  }

  // Moves out all packets, one behind the other, those that say who and what first.
  std::vector<uint8_t> take();

 private:
  static constexpr size_t kPacketBytesMax = 16 * 1024 * 1024;  // the queue of shared/wire/README.md in front of the socket
  static constexpr size_t kStringCountMax = 65'536;

  template <class Row>
  using Writer = wire::PacketWriter<Row>;

  template <class Row>
  void append(const Row& row, std::vector<uint8_t>& out) {
    auto& writer = std::get<Writer<Row>>(writers_);
    if (writer.append(row)) return;
    writer.take(sourceId_, out);
    if (!writer.append(row)) countLoss();  // one row alone always fits
  }

  void countLoss() noexcept {
    if (lostCount_++ == 0) firstLoss_ = hostNow();
  }
  void takeLoss(std::vector<uint8_t>& out);

  static constexpr size_t kStateRowCountMax = 512;
  static constexpr size_t kEventRowCountMax = 8192;

  const HostNs epoch_;
  const uint32_t sourceId_;
  mutable std::mutex mutex_;
  uint32_t kinds_ = 0;
  std::unordered_map<std::string, uint32_t> stringIds_;
  std::vector<uint8_t> statePackets_;
  std::vector<uint8_t> eventPackets_;
  uint64_t lostCount_ = 0;
  HostNs firstLoss_;
  // Tables that say who and what stand first and are taken first.
  std::tuple<Writer<wire::StringRow>, Writer<wire::ProcessRow>, Writer<wire::ThreadRow>, Writer<wire::DeviceRow>,
             Writer<wire::ContextRow>, Writer<wire::StreamRow>, Writer<wire::KernelRow>, Writer<wire::MemcpyRow>,
             Writer<wire::MemoryRow>, Writer<wire::ApiRow>, Writer<wire::RangeRow>, Writer<wire::SyncRow>,
             Writer<wire::ExternalRow>>
      writers_{kStateRowCountMax, kStateRowCountMax, kStateRowCountMax, kStateRowCountMax, kStateRowCountMax, kStateRowCountMax,
               kEventRowCountMax, kEventRowCountMax, kEventRowCountMax, kEventRowCountMax, kEventRowCountMax, kEventRowCountMax,
               kEventRowCountMax};
};

}  // namespace hka::addon
