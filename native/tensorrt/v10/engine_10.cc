#include "tensorrt/v10/engine_10.h"

#include <algorithm>
#include <cstring>
#include <list>
#include <mutex>

#include "addon/clock.h"
#include "tensorrt/v10/lane.h"

namespace hka::tensorrt::v10 {
namespace {

// Sets of shapes that are kept ready; the batch sizes 1 to 16 with one more. A context costs little beside the shared activations.
constexpr size_t kLaneCountMax = 17;

std::unique_ptr<nvinfer1::IRuntime> makeRuntime(const Libraries& libraries, const LoadOrder& order, Log& log) {
  std::unique_ptr<nvinfer1::IRuntime> runtime(static_cast<nvinfer1::IRuntime*>(libraries.createRuntime(&log, libraries.version.number)));
  if (runtime == nullptr) throw loadProblem(log.takeErrors(), libraries.version.text());
  if (libraries.initPlugins != nullptr) static_cast<void>(libraries.initPlugins(&log, ""));
  if (order.allowsHostCode) runtime->setEngineHostCodeAllowed(true);
  if (order.dlaCore) {
    if (*order.dlaCore < 0 || *order.dlaCore >= runtime->getNbDLACores()) {
      throw Problem("noDla", "This board has " + std::to_string(runtime->getNbDLACores()) + " DLA cores; there is no core " + std::to_string(*order.dlaCore) + ".",
                    "Load it without naming a core, or name one that is there.");
    }
    runtime->setDLACore(*order.dlaCore);
  }
  return runtime;
}

bool isWithin(const Shape& shape, const ShapeRange& range) {
  if (shape.size() != range.max.size()) return false;
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    if (shape[axis] < range.min[axis] || shape[axis] > range.max[axis]) return false;
  }
  return true;
}

class Engine10 : public Engine {
 public:
  Engine10(const Libraries& libraries, std::shared_ptr<CudaSession> cuda, LoadOrder& order)
      : cuda_(std::move(cuda)), capturesGraphs_(order.capturesGraphs) {
    cuda_->select();
    runtime_ = makeRuntime(libraries, order, log_);
    const uint64_t freeBytes = cuda_->freeBytes();
    engine_.reset(runtime_->deserializeCudaEngine(order.plan.data(), order.plan.size()));
    if (engine_ == nullptr) throw loadProblem(log_.takeErrors(), libraries.version.text());
    order.plan = {};
    weigh(libraries, freeBytes);
    facts_ = describeEngine(*engine_);
    const int64_t activationsBytes = engine_->getDeviceMemorySizeV2();
    memory_.activationsBytes = activationsBytes;
    activations_ = std::make_unique<TensorMemory>(cuda_, static_cast<size_t>(activationsBytes), false, "the activations");
    const std::unique_ptr<nvinfer1::IExecutionContext> context(
        engine_->createExecutionContext(nvinfer1::ExecutionContextAllocationStrategy::kUSER_MANAGED));
    if (context == nullptr) throw loadProblem(log_.takeErrors(), libraries.version.text());
    tensors_ = makeTensors(facts_, *engine_, *context, cuda_);
    cuda_->synchronize();
    surroundings_ = std::make_unique<LaneSurroundings>(
        LaneSurroundings{*engine_, cuda_, *activations_, tensors_, profiler_, capturesGraphs_, log_});
  }

  // The thread that ends an engine is another than the one that loaded it, and what is released belongs to the context.
  ~Engine10() override { selectQuietly(); }

  [[nodiscard]] const EngineFacts& facts() const override { return facts_; }
  [[nodiscard]] EngineMemory memory() const override { return memory_; }

  InferOutcome infer(const std::vector<InputValues>& inputs, bool isProfiled) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    cuda_->select();
    std::vector<Shape> shapes;
    const std::vector<const InputValues*> sorted = sort(inputs, shapes);
    Lane& lane = laneFor(shapes, isProfiled);
    InferOutcome outcome;
    outcome.startHostNs = addon::hostNow().value;
    size_t input = 0;
    for (const Tensor& tensor : tensors_) {
      if (!tensor.facts.isInput) continue;
      const InputValues& values = *sorted[input++];
      std::memcpy(tensor.memory->host(), values.address, values.byteCount);
      tensor.memory->toDevice(values.byteCount);
    }
    lane.enqueue();
    outcome.isGraph = lane.isGraph();
    fetch(lane, outcome);
    lane.report();
    return outcome;
  }

  std::string inspect() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    cuda_->select();
    const std::unique_ptr<nvinfer1::IEngineInspector> inspector(engine_->createEngineInspector());
    const char* text = inspector == nullptr ? nullptr : inspector->getEngineInformation(nvinfer1::LayerInformationFormat::kJSON);
    if (text == nullptr) throw Problem("inspectorFailed", "TensorRT's inspector says nothing of this engine.", "Build it with the layers' details.");
    return text;
  }

  std::vector<LayerTime> layerTimes() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return profiler_.times();
  }
  void resetLayerTimes() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    profiler_.reset();
  }
  std::string graphRefusal() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const auto& lane : lanes_) {
      if (!lane->graphRefusal().empty()) return lane->graphRefusal();
    }
    return "";
  }

 private:
  void selectQuietly() {
    try {
      cuda_->select();
    } catch (const Problem&) {
      // The context is gone already, and all memory with it.
    }
  }

  void weigh(const Libraries& libraries, uint64_t freeBytesBefore) {
    static_cast<void>(libraries);
#if NV_TENSORRT_MINOR >= 14  // getEngineStat, which older libraries do not have either
    if (libraries.version.minor >= 14) {
      memory_.weightsBytes = engine_->getEngineStat(nvinfer1::EngineStat::kTOTAL_WEIGHTS_SIZE);
      memory_.areWeightsExact = memory_.weightsBytes >= 0;
      if (memory_.areWeightsExact) return;
    }
#endif
    const uint64_t freeBytes = cuda_->freeBytes();
    memory_.weightsBytes = freeBytesBefore > freeBytes ? static_cast<int64_t>(freeBytesBefore - freeBytes) : 0;
  }

  // The values in the order of the tensors; each is checked, as what does not fit would be read past its end.
  std::vector<const InputValues*> sort(const std::vector<InputValues>& inputs, std::vector<Shape>& shapes) const {
    std::vector<const InputValues*> sorted;
    for (const Tensor& tensor : tensors_) {
      if (!tensor.facts.isInput) continue;
      const auto found = std::find_if(inputs.begin(), inputs.end(), [&](const InputValues& each) { return each.name == tensor.facts.name; });
      if (found == inputs.end()) throw Problem("inputMissing", "The input " + tensor.facts.name + " has no values.", "Give values for every input.");
      const int64_t count = found->shape.size() > nvinfer1::Dims::MAX_DIMS ? -1 : elementCount(found->shape);
      const size_t bytes = elementBytes(tensor.facts.element);
      if (count < 0 || static_cast<uint64_t>(count) * bytes != found->byteCount) {
        throw Problem("shapeMisfit", "The input " + found->name + " has " + std::to_string(found->byteCount) + " bytes, which are not " +
                      textOf(found->shape) + " elements of " + std::to_string(bytes) + " bytes.", "Give values that fill the shape.");
      }
      sorted.push_back(&*found);
      shapes.push_back(found->shape);
    }
    if (sorted.size() != inputs.size()) {
      for (const InputValues& each : inputs) {
        if (std::find(sorted.begin(), sorted.end(), &each) == sorted.end()) throw Problem("inputForeign", "The engine has no input " + each.name + ".", "Leave it out.");
      }
    }
    return sorted;
  }

  int32_t profileFor(const std::vector<Shape>& shapes) const {
    for (size_t index = 0; index < facts_.profiles.size(); ++index) {
      const Profile& profile = facts_.profiles[index];
      bool isFit = true;
      for (size_t input = 0; input < shapes.size(); ++input) isFit = isFit && isWithin(shapes[input], profile[input]);
      if (isFit) return static_cast<int32_t>(index);
    }
    std::string given;
    for (const Shape& each : shapes) given += (given.empty() ? "" : ", ") + textOf(each);
    std::string ranges;
    for (const Profile& profile : facts_.profiles) {
      for (const ShapeRange& range : profile) ranges += (ranges.empty() ? "" : ", ") + range.input + " " + textOf(range.min) + " to " + textOf(range.max);
    }
    throw Problem("shapeMisfit", "No profile of the engine takes the shape " + given + "; it takes " + ranges + ".",
                  "Use a shape within a profile, or build the plan with another one.");
  }

  // The most recently used lane stands first; the last one goes when there are too many.
  Lane& laneFor(const std::vector<Shape>& shapes, bool isProfiled) {
    const auto found = std::find_if(lanes_.begin(), lanes_.end(), [&](const auto& lane) { return lane->isFor(shapes, isProfiled); });
    if (found != lanes_.end()) {
      lanes_.splice(lanes_.begin(), lanes_, found);
      return *lanes_.front();
    }
    auto lane = std::make_unique<Lane>(*surroundings_, profileFor(shapes), shapes, isProfiled);
    if (lanes_.size() >= kLaneCountMax) lanes_.pop_back();
    lanes_.push_front(std::move(lane));
    return *lanes_.front();
  }

  // Brings the outputs to the host and waits for them. Shapes that depend on values are known after enqueue(), which waited for them.
  void fetch(const Lane& lane, InferOutcome& outcome) {
    std::vector<size_t> places;
    for (size_t index = 0; index < tensors_.size(); ++index) {
      const Tensor& tensor = tensors_[index];
      if (tensor.facts.isInput) continue;
      const Shape shape = lane.outputShape(index);
      const int64_t count = elementCount(shape);
      const uint64_t bytes = count < 0 ? UINT64_MAX : static_cast<uint64_t>(count) * elementBytes(tensor.facts.element);
      if (bytes > tensor.memory->bytes()) {
        throw Problem("inferFailed", "The output " + tensor.facts.name + " became larger than the engine said it would.", "Load the engine again.");
      }
      if (bytes > 0) tensor.memory->toHost(bytes);
      outcome.outputs.push_back({tensor.facts.name, tensor.facts.element, shape, Bytes(bytes)});
      places.push_back(index);
    }
    cuda_->synchronize();
    outcome.durationNs = addon::hostNow().value - outcome.startHostNs;
    for (size_t output = 0; output < places.size(); ++output) {
      Bytes& bytes = outcome.outputs[output].bytes;
      if (!bytes.empty()) std::memcpy(bytes.data(), tensors_[places[output]].memory->host(), bytes.size());
    }
  }

  // In the order in which they must be made; they go the other way round.
  std::shared_ptr<CudaSession> cuda_;
  const bool capturesGraphs_;
  Log log_;
  LayerProfiler profiler_;
  std::unique_ptr<nvinfer1::IRuntime> runtime_;
  std::unique_ptr<nvinfer1::ICudaEngine> engine_;
  EngineMemory memory_;
  EngineFacts facts_;
  std::unique_ptr<TensorMemory> activations_;
  std::vector<Tensor> tensors_;
  std::unique_ptr<LaneSurroundings> surroundings_;
  std::mutex mutex_;  // guards what follows, the stream and the contents of the tensors
  std::list<std::unique_ptr<Lane>> lanes_;
};

}  // namespace

std::unique_ptr<Engine> loadEngine(const Libraries& libraries, std::shared_ptr<CudaSession> cuda, LoadOrder& order) {
  return std::make_unique<Engine10>(libraries, std::move(cuda), order);
}

}  // namespace hka::tensorrt::v10
