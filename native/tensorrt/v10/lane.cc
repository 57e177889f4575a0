#include "tensorrt/v10/lane.h"

#include "tensorrt/problem.h"

namespace hka::tensorrt::v10 {

Lane::Lane(const LaneSurroundings& surroundings, int32_t profile, std::vector<Shape> shapes, bool isProfiled)
    : surroundings_(surroundings), shapes_(std::move(shapes)), isProfiled_(isProfiled) {
  context_.reset(surroundings_.engine.createExecutionContext(nvinfer1::ExecutionContextAllocationStrategy::kUSER_MANAGED));
  if (context_ == nullptr) throw loadProblem(surroundings_.log.takeErrors(), "");
  context_->setDeviceMemoryV2(surroundings_.activations.device(), static_cast<int64_t>(surroundings_.activations.bytes()));
  if (isProfiled_) {
    // The times are then asked for after the inference, so that it stays asynchronous and can be a graph. Before the first one.
    context_->setProfiler(&surroundings_.profiler);
    context_->setEnqueueEmitsProfile(false);
  }
  bool isSet = context_->setOptimizationProfileAsync(profile, static_cast<cudaStream_t>(surroundings_.cuda->stream()));
  size_t input = 0;
  for (Tensor& tensor : surroundings_.tensors) {
    const char* name = tensor.facts.name.c_str();
    if (tensor.facts.isInput) isSet = isSet && context_->setInputShape(name, dimsOf(shapes_[input++]));
    isSet = isSet && context_->setTensorAddress(name, tensor.memory->device());
    if (tensor.receiver != nullptr) isSet = isSet && context_->setOutputAllocator(name, tensor.receiver.get());
  }
  if (isSet) return;
  const std::vector<std::string> errors = surroundings_.log.takeErrors();
  throw Problem("shapeMisfit", "TensorRT refuses these shapes" + (errors.empty() ? std::string(".") : ": " + errors.back()), "Use shapes within a profile.");
}

bool Lane::enqueuePlain() { return context_->enqueueV3(static_cast<cudaStream_t>(surroundings_.cuda->stream())); }

void Lane::enqueue() {
  if (surroundings_.capturesGraphs && hasRun_ && graph_ == nullptr && graphRefusal_.empty()) {
    graph_ = CapturedGraph::capture(surroundings_.cuda, [this] { return enqueuePlain(); }, graphRefusal_);
    static_cast<void>(surroundings_.log.takeErrors());  // of the refused capture
  }
  if (graph_ != nullptr) return graph_->launch();
  if (!enqueuePlain()) {
    const std::vector<std::string> errors = surroundings_.log.takeErrors();
    throw Problem("inferFailed", "TensorRT cannot run the inference" + (errors.empty() ? std::string(".") : ": " + errors.back()),
                  "Load the engine again.");
  }
  hasRun_ = true;
}

void Lane::report() {
  if (isProfiled_) static_cast<void>(context_->reportToProfiler());
}

Shape Lane::outputShape(size_t tensor) const {
  const Tensor& output = surroundings_.tensors[tensor];
  return output.receiver != nullptr ? output.receiver->shape() : shapeOf(context_->getTensorShape(output.facts.name.c_str()));
}

}  // namespace hka::tensorrt::v10
