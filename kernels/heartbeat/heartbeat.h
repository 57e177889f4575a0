// The smallest launch that proves that a device answers: one thread writes a number the caller chose, and the device's own clock.
#pragma once

#include "kernels/common/launch.h"

namespace hka::kernels {

constexpr const char* kHeartbeatVariants[] = {"stamp"};

struct HeartbeatArguments {
  uint32_t* stamp = nullptr;  // one number: the beat
  // One number: the device's time in nanoseconds. On a GPU that clock (%globaltimer) may tick coarsely, once in a microsecond or more;
  // on the CPU device it is the monotonic clock.
  uint64_t* clockNs = nullptr;
  uint32_t beat = 0;
};

inline Launch heartbeatLaunch(const HeartbeatArguments&) {
  Launch launch;
  launch.name = "heartbeat";
  return launch;
}

inline double heartbeatFlops(const HeartbeatArguments&) { return 0; }
inline double heartbeatBytes(const HeartbeatArguments&) { return sizeof(uint32_t) + sizeof(uint64_t); }

}  // namespace hka::kernels
