// CUDA graphs of whole networks, captured from a stream.
#include "addon/cuda/cuda_device.h"
#include "addon/cuda/cuda_timer.h"

namespace hka::addon {

// Thread-local, so that what other threads do meanwhile, such as allocating, neither fails nor ends the capture.
void CudaDevice::captureBegin(uint32_t stream) {
  select();
  checkCuda(cudaStreamBeginCapture(streams_[stream], cudaStreamCaptureModeThreadLocal), "captureBegin");
}

uint32_t CudaDevice::captureEnd(uint32_t stream) {
  select();
  cudaGraph_t graph = nullptr;
  checkCuda(cudaStreamEndCapture(streams_[stream], &graph), "captureEnd");
  cudaGraphExec_t replay = nullptr;
  const cudaError_t made = cudaGraphInstantiateWithFlags(&replay, graph, 0);
  static_cast<void>(cudaGraphDestroy(graph));
  checkCuda(made, "captureEnd");
  graphs_[++lastGraph_] = replay;
  // Now, so that the first launch does not pay for it.
  checkCuda(cudaGraphUpload(replay, streams_[stream]), "captureEnd");
  checkCuda(cudaStreamSynchronize(streams_[stream]), "captureEnd");
  return lastGraph_;
}

void CudaDevice::launchGraph(uint32_t graph, uint32_t stream) {
  const auto found = graphs_.find(graph);
  if (found == graphs_.end()) throw DeviceError("launchGraph: there is no graph " + std::to_string(graph) + ".");
  select();
  checkCuda(cudaGraphLaunch(found->second, streams_[stream]), "launchGraph");
}

void CudaDevice::releaseGraph(uint32_t graph) {
  const auto found = graphs_.find(graph);
  if (found == graphs_.end()) throw DeviceError("freeGraph: there is no graph " + std::to_string(graph) + ".");
  select();
  checkCuda(cudaDeviceSynchronize(), "freeGraph");
  checkCuda(cudaGraphExecDestroy(found->second), "freeGraph");
  graphs_.erase(found);
}

std::function<void()> CudaDevice::waiterOf(uint32_t stream) {
  return [index = index_, handle = streams_[stream]] {
    checkCuda(cudaSetDevice(index), "whenDone");
    checkCuda(cudaStreamSynchronize(handle), "whenDone");
  };
}

}  // namespace hka::addon
