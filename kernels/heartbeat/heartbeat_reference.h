// What the heartbeat leaves behind, but for the time.
#pragma once

#include "kernels/heartbeat/heartbeat.h"

namespace hka::kernels {

inline void heartbeatReference(const HeartbeatArguments& heartbeat) { *heartbeat.stamp = heartbeat.beat; }

}  // namespace hka::kernels
