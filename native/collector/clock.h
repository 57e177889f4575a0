// CUPTI's clock to SessionNs. With a timestamp callback CUPTI counts on CLOCK_MONOTONIC itself. Without one (CUDA before 11.6, JetPack
// 5) it counts on CLOCK_REALTIME, and pairs of both clocks, taken at every flush, say how far the two are apart.
#pragma once

#include <cstdint>

namespace hka {

class Clock {
 public:
  void setEpoch(uint64_t epochNs) { epochNs_ = epochNs; }
  void setUsesRealtime(bool usesRealtime) { usesRealtime_ = usesRealtime; }

  // Takes a pair of both clocks. Writer thread only.
  void takePair();

  // SessionNs of a time as CUPTI counts it.
  [[nodiscard]] double sessionFromCupti(uint64_t cuptiNs) const {
    const int64_t monotonicNs = static_cast<int64_t>(cuptiNs) - (usesRealtime_ ? realtimeAheadNs_ : 0);
    return static_cast<double>(monotonicNs - static_cast<int64_t>(epochNs_));
  }
  // SessionNs of a CLOCK_MONOTONIC reading.
  [[nodiscard]] double sessionFromMonotonic(uint64_t monotonicNs) const {
    return static_cast<double>(static_cast<int64_t>(monotonicNs) - static_cast<int64_t>(epochNs_));
  }

 private:
  uint64_t epochNs_ = 0;
  bool usesRealtime_ = false;
  int64_t realtimeAheadNs_ = 0;
};

}  // namespace hka
