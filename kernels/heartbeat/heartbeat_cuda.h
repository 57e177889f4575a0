// Launches the heartbeat. The answer is cudaGetLastError() after the launch.
#pragma once

#include "kernels/common/cuda_dim.h"
#include "kernels/heartbeat/heartbeat.h"

namespace hka::kernels {

cudaError_t launchHeartbeat(const HeartbeatArguments& heartbeat, cudaStream_t stream);

}  // namespace hka::kernels
