// The rows of the CPU device, packed as the collector packs those of a GPU. One thread: the one that launches.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "cpu_kernels.h"
#include "wire/packet_writer.h"

namespace hka {

// Which rows are wanted; the words of --trace.
struct TraceKinds {
  bool kernel = true;
  bool memcpy = true;
  bool memory = true;
  bool api = true;
  bool nvtx = true;
};

class Recorder {
 public:
  // `epochNs` is CLOCK_MONOTONIC at SessionNs 0.
  Recorder(int64_t epochNs, uint32_t sourceId) : epochNs_(epochNs), sourceId_(sourceId) {}

  void setKinds(const TraceKinds& kinds) { kinds_ = kinds; }
  [[nodiscard]] double nowNs() const;

  // Who and what: written once, before anything else.
  void describe(uint32_t threadCount);

  void kernel(const char* name, uint32_t stream, const Launch& launch, double startNs, double endNs);
  void copy(uint32_t stream, size_t byteCount, double startNs, double endNs);
  void allocation(const void* address, size_t byteCount, bool isFree);
  void pushRange(const std::string& name);
  // False when no range is open.
  bool popRange();

  // Everything written since the last call, as packets end to end; strings come before the rows that use them.
  std::vector<uint8_t> take();

 private:
  struct OpenRange {
    double startNs;
    uint32_t name;
  };

  uint32_t stringId(const std::string& text);
  uint32_t apiCall(const char* name, double startNs, double endNs);
  template <class Row>
  void add(wire::PacketWriter<Row>& writer, const Row& row);

  const int64_t epochNs_;
  const uint32_t sourceId_;
  TraceKinds kinds_;
  uint32_t correlation_ = 0;
  std::unordered_map<std::string, uint32_t> strings_;
  std::vector<OpenRange> openRanges_;
  std::vector<uint8_t> state_;   // strings and descriptions, ready packets
  std::vector<uint8_t> events_;  // ready packets of everything else
  wire::PacketWriter<wire::StringRow> stringRows_{1024};
  wire::PacketWriter<wire::KernelRow> kernelRows_{4096};
  wire::PacketWriter<wire::MemcpyRow> memcpyRows_{4096};
  wire::PacketWriter<wire::MemoryRow> memoryRows_{4096};
  wire::PacketWriter<wire::ApiRow> apiRows_{4096};
  wire::PacketWriter<wire::RangeRow> rangeRows_{4096};
};

}  // namespace hka
