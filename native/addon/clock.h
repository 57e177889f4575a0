#pragma once

#include <time.h>

#include <cstdint>

namespace hka::addon {

// CLOCK_MONOTONIC in nanoseconds. Becomes SessionNs in RowRecorder and nowhere else.
struct HostNs {
  uint64_t value = 0;
};

inline HostNs hostNow() noexcept {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return {static_cast<uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<uint64_t>(now.tv_nsec)};
}

}  // namespace hka::addon
