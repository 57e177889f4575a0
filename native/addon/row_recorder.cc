#include "addon/row_recorder.h"

#include <algorithm>

namespace hka::addon {

void RowRecorder::setKinds(uint32_t kinds) {
  const std::lock_guard<std::mutex> lock(mutex_);
  kinds_ = kinds;
}

bool RowRecorder::isOn(TraceKind kind) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return (kinds_ & kind) != 0;
}

uint32_t RowRecorder::stringId(std::string_view text) {
  if (text.empty()) return 0;
  const std::lock_guard<std::mutex> lock(mutex_);
  // The table holds what the wire carries, so that a text past the limit is kept once and short.
  std::string key(wire::cutText(text));
  if (key.size() < text.size()) key += wire::kEllipsis;
  if (stringIds_.size() >= kStringCountMax && stringIds_.find(key) == stringIds_.end()) key = "(too many names)";
  const auto [entry, isNew] = stringIds_.try_emplace(std::move(key), static_cast<uint32_t>(stringIds_.size() + 1));
  if (isNew) append(wire::StringRow{entry->second, entry->first}, statePackets_);
  return entry->second;
}

std::vector<uint8_t> RowRecorder::take() {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<uint8_t> packets = std::move(statePackets_);
  statePackets_ = {};
  std::vector<uint8_t> events = std::move(eventPackets_);
  eventPackets_ = {};
  const auto takeStates = [&](auto&... writer) { (writer.take(sourceId_, packets), ...); };
  const auto takeEvents = [&](auto&... writer) { (writer.take(sourceId_, events), ...); };
  std::apply(
      [&](auto& strings, auto& processes, auto& threads, auto& devices, auto& contexts, auto& streams, auto&... events_) {
        takeStates(strings, processes, threads, devices, contexts, streams);
        takeEvents(events_...);
      },
      writers_);
  takeLoss(packets);
  packets.insert(packets.end(), events.begin(), events.end());
  return packets;
}

void RowRecorder::takeLoss(std::vector<uint8_t>& out) {
  if (lostCount_ == 0) return;
  wire::PacketWriter<wire::LossRow> writer(1);
  wire::LossRow row;
  row.startNs = sessionNs(firstLoss_);
  row.endNs = sessionNs(hostNow());
  row.count = static_cast<double>(lostCount_);
  row.stage = "collector";
  row.reason = "nobody took the rows of the CPU device in time";
  if (writer.append(row)) writer.take(sourceId_, out);
  lostCount_ = 0;
}

}  // namespace hka::addon
