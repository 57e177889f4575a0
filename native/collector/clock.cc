#include "clock.h"

#include <time.h>

#include "environment.h"

namespace hka {
namespace {

constexpr int kTries = 5;
constexpr uint64_t kNsPerSec = 1000000000;

uint64_t realtimeNs() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<uint64_t>(now.tv_sec) * kNsPerSec + static_cast<uint64_t>(now.tv_nsec);
}

}  // namespace

// The try with the shortest time between its two monotonic readings is the one that was least disturbed.
void Clock::takePair() {
  if (!usesRealtime_) return;
  uint64_t shortestNs = UINT64_MAX;
  for (int i = 0; i < kTries; ++i) {
    const uint64_t before = monotonicNs();
    const uint64_t real = realtimeNs();
    const uint64_t after = monotonicNs();
    if (after - before >= shortestNs) continue;
    shortestNs = after - before;
    realtimeAheadNs_ = static_cast<int64_t>(real) - static_cast<int64_t>(before + (after - before) / 2);
  }
}

}  // namespace hka
