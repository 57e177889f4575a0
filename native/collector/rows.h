// All rows that this process writes, and the packets made of them. Writer thread only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "clock.h"
#include "names.h"
#include "wire/packet_writer.h"

namespace hka {

class Rows {
 public:
  explicit Rows(const Clock& clock) : clock_(clock) {}

  void setSource(uint32_t sourceId) { sourceId_ = sourceId; }

  uint32_t nameId(std::string_view text) { return tell(names_.idOf(text), text); }
  uint32_t namePointerId(const char* text) { return tell(names_.idOfPointer(text), text ? text : ""); }

  void add(const wire::KernelRow& row) { put(kernels_, row); }
  void add(const wire::MemcpyRow& row) { put(copies_, row); }
  void add(const wire::MemsetRow& row) { put(fills_, row); }
  void add(const wire::MemoryRow& row) { put(memory_, row); }
  void add(const wire::ApiRow& row) { put(calls_, row); }
  void add(const wire::RangeRow& row) { put(ranges_, row); }
  void add(const wire::SyncRow& row) { put(waits_, row); }
  void add(const wire::ExternalRow& row) { put(externals_, row); }
  void add(const wire::OverheadRow& row) { put(overheads_, row); }
  // Rare rows become packets at once.
  template <class Row>
  void addRare(const Row& row) {
    wire::PacketWriter<Row> writer{1};
    (void)writer.append(row);
    writer.take(sourceId_, rare_);
    rareCount_ += 1;
  }

  void diagnostic(wire::Severity severity, std::string_view code, std::string_view sentence, std::string_view remedy);
  void loss(std::string_view stage, std::string_view reason, double count, double bytes, double startNs);

  // A piece of finished packets, with the rows in it.
  struct Piece {
    std::vector<uint8_t> bytes;
    uint64_t rowCount = 0;
  };
  // Takes everything since the last call; strings and rare rows come first. Pieces are at most a few MiB.
  Piece takeState();
  Piece takeEvents();

 private:
  static constexpr size_t kRowsAPacket = 8192;

  uint32_t tell(const Names::Found& found, std::string_view text);
  template <class Row>
  void put(wire::PacketWriter<Row>& writer, const Row& row) {
    ++eventCount_;
    if (writer.append(row)) return;
    writer.take(sourceId_, events_);
    (void)writer.append(row);  // an empty writer takes any row
  }

  const Clock& clock_;
  uint32_t sourceId_ = 0;
  Names names_;
  bool toldFull_ = false;
  std::vector<uint8_t> rare_;
  uint64_t rareCount_ = 0;
  std::vector<uint8_t> events_;
  uint64_t eventCount_ = 0;
  wire::PacketWriter<wire::StringRow> strings_{1024};
  wire::PacketWriter<wire::KernelRow> kernels_{kRowsAPacket};
  wire::PacketWriter<wire::MemcpyRow> copies_{kRowsAPacket};
  wire::PacketWriter<wire::MemsetRow> fills_{kRowsAPacket};
  wire::PacketWriter<wire::MemoryRow> memory_{kRowsAPacket};
  wire::PacketWriter<wire::ApiRow> calls_{kRowsAPacket};
  wire::PacketWriter<wire::RangeRow> ranges_{kRowsAPacket};
  wire::PacketWriter<wire::SyncRow> waits_{kRowsAPacket};
  wire::PacketWriter<wire::ExternalRow> externals_{kRowsAPacket};
  wire::PacketWriter<wire::OverheadRow> overheads_{kRowsAPacket};
};

}  // namespace hka
