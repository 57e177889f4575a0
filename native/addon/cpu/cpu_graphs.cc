// Graphs of the CPU device: the recorded list of works, queued again. One api row a replay, as CUDA has, which all its kernels share.
#include "addon/cpu/cpu_api_call.h"

namespace hka::addon {

void CpuDevice::checkNotCapturing(const char* callName, uint32_t stream) const {
  if (!capture_ || capture_->stream != stream) return;
  throw DeviceError(std::string(callName) + ": stream " + std::to_string(stream) + " is being captured.");
}

void CpuDevice::captureBegin(uint32_t stream) {
  if (capture_) throw DeviceError("captureBegin: stream " + std::to_string(capture_->stream) + " is being captured already.");
  capture_ = std::make_unique<Graph>();
  capture_->stream = stream;
}

uint32_t CpuDevice::captureEnd(uint32_t stream) {
  if (!capture_ || capture_->stream != stream) throw DeviceError("captureEnd: the stream is not being captured.");
  const std::unique_ptr<Graph> graph = std::move(capture_);
  for (const Stage& stage : graph->stages) {
    if (!stage.twin) throw DeviceError(stage.launch.name + " runs on a CUDA device only.");
  }
  graphs_[++lastGraph_] = std::move(*graph);
  return lastGraph_;
}

void CpuDevice::launchGraph(uint32_t graph, uint32_t stream) {
  const auto found = graphs_.find(graph);
  if (found == graphs_.end()) throw DeviceError("launchGraph: there is no graph " + std::to_string(graph) + ".");
  checkNotCapturing("launchGraph", stream);
  const ApiCall call(*this, "cpuGraphLaunch");
  for (const Stage& stage : found->second.stages) submitStage(stage, stream, call.correlation(), {});
}

void CpuDevice::releaseGraph(uint32_t graph) {
  scheduler_.waitAll();
  if (graphs_.erase(graph) == 0) throw DeviceError("freeGraph: there is no graph " + std::to_string(graph) + ".");
}

std::function<void()> CpuDevice::waiterOf(uint32_t stream) {
  return [this, stream] { scheduler_.waitStream(stream); };
}

}  // namespace hka::addon
