#include "addon/binding/work_makers.h"
#include "addon/cpu/heartbeat_twin.h"
#include "kernels/heartbeat/heartbeat_reference.h"
#ifdef HAVE_CUDA
#include "kernels/heartbeat/heartbeat_cuda.h"
#endif

namespace hka::addon {

// beat: a whole number; stamp: four bytes for it; clockNs: eight bytes for the device's time.
Work heartbeatWork(const WorkArguments& arguments) {
  kernels::HeartbeatArguments heartbeat;
  heartbeat.beat = arguments.sizeOr("beat", 0, UINT32_MAX, 1);
  heartbeat.stamp = arguments.memory<uint32_t>("stamp", {1});
  heartbeat.clockNs = arguments.memory<uint64_t>("clockNs", {1});
  Work work;
  work.stages = {{kernels::heartbeatLaunch(heartbeat), heartbeatTwin(heartbeat)}};
  work.flops = kernels::heartbeatFlops(heartbeat);
  work.bytes = kernels::heartbeatBytes(heartbeat);
  work.reference = [heartbeat] { kernels::heartbeatReference(heartbeat); };
#ifdef HAVE_CUDA
  work.start = [heartbeat](void* stream) { return kernels::launchHeartbeat(heartbeat, static_cast<cudaStream_t>(stream)); };
#endif
  return work;
}

}  // namespace hka::addon
