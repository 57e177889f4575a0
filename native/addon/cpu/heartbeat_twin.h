// The CPU twin of kernels/heartbeat: same grid, same tiles. A block of the grid is the unit of work that the device's threads take.
#pragma once

#include "addon/cpu/block_range.h"
#include "kernels/heartbeat/heartbeat.h"

namespace hka::addon {

BlockRange heartbeatTwin(const kernels::HeartbeatArguments& heartbeat);

}  // namespace hka::addon
