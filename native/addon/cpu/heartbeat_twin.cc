#include "addon/cpu/heartbeat_twin.h"

#include "addon/clock.h"

namespace hka::addon {

BlockRange heartbeatTwin(const kernels::HeartbeatArguments& heartbeat) {
  return [heartbeat](uint64_t, uint64_t) {
    *heartbeat.clockNs = hostNow().value;
    *heartbeat.stamp = heartbeat.beat;
  };
}

}  // namespace hka::addon
