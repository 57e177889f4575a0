// The fake's runtime: refuses plans with TensorRT's words, and computes output[b][j] = (sum of the first input's part b) + j, so that a test
// can work the answer out. An output with a star has one row for each positive value of that input, [row][j] = row.
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <map>
#include <memory>
#include <new>

#include "builder.h"
#include "driver.h"
#include "network.h"

namespace fake {
namespace {

using nvinfer1::Dims;
using nvinfer1::ILogger;
using nvinfer1::OptProfileSelector;

struct Driver {
  void* library = dlopen("libcuda.so.1", RTLD_NOW);
  template <class Function>
  Function* find(const char* name) const {
    auto* found = reinterpret_cast<Function*>(dlsym(library, name));
    if (found == nullptr) fail("the driver is not the fake one");
    return found;
  }
};
const Driver& driver() {
  static const Driver opened;
  return opened;
}

struct IoTensor {
  std::string name;
  bool isInput = false;
  bool isOnHost = false;
  bool dependsOnValues = false;
  nvinfer1::DataType type = nvinfer1::DataType::kFLOAT;
  Dims dims;
};
struct Range {
  Dims dims[3];
};

struct Plan {
  std::vector<Words> lines;
  std::vector<IoTensor> tensors;
  std::vector<std::string> layers;
  std::vector<std::map<std::string, Range>> profiles;
  std::string name;
  size_t weightsBytes = 0;
  int64_t activationsBytes = 0;

  [[nodiscard]] bool has(const std::string& first, const std::string& second = "") const {
    for (const Words& words : lines) {
      if (words[0] == first && (second.empty() || (words.size() > 1 && words[1] == second))) return true;
    }
    return false;
  }
  [[nodiscard]] const IoTensor& tensor(const char* wanted) const {
    for (const IoTensor& each : tensors) {
      if (each.name == wanted) return each;
    }
    fail("there is no such tensor");
  }
};

size_t bytesOf(nvinfer1::DataType type) { return type == nvinfer1::DataType::kHALF ? 2 : 4; }

int64_t countOf(const Dims& dims) {
  int64_t count = 1;
  for (int axis = 0; axis < dims.nbDims; ++axis) count *= dims.d[axis];
  return count;
}

Plan planOf(const std::string& text) {
  Plan plan;
  plan.lines = linesOf(text);
  for (const Words& words : plan.lines) {
    if (words[0] == "model") plan.name = words[1];
    if (words[0] == "layer") plan.layers.push_back(words[1]);
    if (words[0] == "weights") plan.weightsBytes = std::stoull(words[1]);
    if (words[0] == "activations") plan.activationsBytes = std::stoll(words[1]);
    if (words[0] == "input" || words[0] == "output") {
      const bool isHalf = words[2] == "float16";
      plan.tensors.push_back({words[1], words[0] == "input", words.size() > 4 && words[4] == "host", words[3][0] == '*',
                              isHalf ? nvinfer1::DataType::kHALF : nvinfer1::DataType::kFLOAT, dimsOf(words[3])});
    }
    if (words[0] != "profile") continue;
    plan.profiles.emplace_back();
    for (size_t index = 1; index + 3 < words.size(); index += 4) {
      for (size_t select = 0; select < 3; ++select) plan.profiles.back()[words[index]].dims[select] = dimsOf(words[index + 1 + select]);
    }
  }
  if (plan.profiles.empty()) plan.profiles.emplace_back();
  return plan;
}

struct Computation {
  const float* input;
  int64_t batch;
  int64_t perBatch;
  float* outputs[4];
  int64_t outputCounts[4];
  int outputCount;
};

void compute(void* state) {
  const auto& work = *static_cast<Computation*>(state);
  for (int output = 0; output < work.outputCount; ++output) {
    const int64_t perBatch = work.outputCounts[output] / work.batch;
    for (int64_t part = 0; part < work.batch; ++part) {
      float sum = 0;
      for (int64_t index = 0; index < work.perBatch; ++index) sum += work.input[part * work.perBatch + index];
      for (int64_t index = 0; index < perBatch; ++index) work.outputs[output][part * perBatch + index] = sum + static_cast<float>(index);
    }
  }
}

class Context : public nvinfer1::IExecutionContext, Counted {
 public:
  Context(const Plan& plan, ILogger& logger) : plan_(plan), logger_(logger) {}

  void setDeviceMemoryV2(void* memory, int64_t bytes) noexcept override { hasMemory_ = memory != nullptr && bytes >= plan_.activationsBytes; }
  void setProfiler(nvinfer1::IProfiler* profiler) noexcept override { profiler_ = profiler; }
  bool setEnqueueEmitsProfile(bool emits) noexcept override {
    emitsProfile_ = emits;
    return true;
  }
  bool reportToProfiler() const noexcept override {
    float milliseconds = 0;
    for (const std::string& layer : plan_.layers) profiler_->reportLayerTime(layer.c_str(), milliseconds += 0.5F);
    return true;
  }
  bool setOptimizationProfileAsync(int32_t index, cudaStream_t) noexcept override {
    refuseWhenCaptured();
    profile_ = &plan_.profiles[static_cast<size_t>(index)];
    return true;
  }
  bool setInputShape(const char* tensor, const Dims& dims) noexcept override {
    refuseWhenCaptured();
    const auto range = profile_->find(tensor);
    for (int axis = 0; range != profile_->end() && axis < dims.nbDims; ++axis) {
      if (dims.d[axis] >= range->second.dims[0].d[axis] && dims.d[axis] <= range->second.dims[2].d[axis]) continue;
      logger_.log(ILogger::Severity::kERROR, "IExecutionContext::setInputShape: Error Code 3: API Usage Error (Set dimensions not in profile)");
      return false;
    }
    shapes_[tensor] = dims;
    return true;
  }
  bool setTensorAddress(const char* tensor, void* address) noexcept override {
    refuseWhenCaptured();
    addresses_[tensor] = address;
    return true;
  }
  bool setOutputAllocator(const char* tensor, nvinfer1::IOutputAllocator* allocator) noexcept override {
    allocators_[tensor] = allocator;
    return true;
  }
  Dims getTensorShape(const char* tensor) const noexcept override {
    const IoTensor& facts = plan_.tensor(tensor);
    const auto set = shapes_.find(tensor);
    if (set != shapes_.end()) return set->second;
    Dims dims = facts.dims;
    if (!facts.dependsOnValues && dims.d[0] == -1) dims.d[0] = batch();
    return dims;
  }
  int64_t getMaxOutputSize(const char* tensor) const noexcept override {
    const IoTensor& facts = plan_.tensor(tensor);
    return countOf(getTensorShape(input().name.c_str())) * facts.dims.d[1] * static_cast<int64_t>(bytesOf(facts.type));
  }
  bool enqueueV3(cudaStream_t stream) noexcept override;

 private:
  // A graph keeps what its context was when it was captured.
  void refuseWhenCaptured() const {
    if (isCaptured_) fail("a context is changed whose graph is in use");
  }
  [[nodiscard]] const IoTensor& input() const {
    for (const IoTensor& each : plan_.tensors) {
      if (each.isInput) return each;
    }
    fail("the model has no input");
  }
  [[nodiscard]] int64_t batch() const { return getTensorShape(input().name.c_str()).d[0]; }
  bool fillOpenOutput(const IoTensor& output, cudaStream_t stream, const Computation& work);

  const Plan& plan_;
  ILogger& logger_;
  const std::map<std::string, Range>* profile_ = nullptr;
  std::map<std::string, Dims> shapes_;
  std::map<std::string, void*> addresses_;
  std::map<std::string, nvinfer1::IOutputAllocator*> allocators_;
  nvinfer1::IProfiler* profiler_ = nullptr;
  bool emitsProfile_ = true;
  bool hasMemory_ = false;
  bool isCaptured_ = false;
};

bool Context::fillOpenOutput(const IoTensor& output, cudaStream_t stream, const Computation& work) {
  Dims dims = output.dims;
  dims.d[0] = 0;
  for (int64_t index = 0; index < work.batch * work.perBatch; ++index) dims.d[0] += work.input[index] > 0 ? 1 : 0;
  const uint64_t bytes = static_cast<uint64_t>(countOf(dims)) * 4;
  auto* target = static_cast<float*>(allocators_[output.name]->reallocateOutputAsync(output.name.c_str(), addresses_[output.name], bytes, 256, stream));
  if (target == nullptr) return false;
  for (int64_t index = 0; index < countOf(dims); ++index) target[index] = static_cast<float>(index / dims.d[1]);
  allocators_[output.name]->notifyShape(output.name.c_str(), dims);
  return true;
}

bool Context::enqueueV3(cudaStream_t stream) noexcept {
  const bool isCapturing = driver().find<bool(void*)>("fakeIsCapturing")(stream);
  if (!hasMemory_ || (profiler_ != nullptr && emitsProfile_)) fail("the context has no memory, or waits for its profile at each inference");
  if (isCapturing && plan_.has("breaksCapture")) driver().find<void(void*)>("fakeBreakCapture")(stream);
  if (isCapturing && plan_.has("uncapturable")) {
    logger_.log(ILogger::Severity::kERROR, "IExecutionContext::enqueueV3: Error Code 1: Cuda Runtime (operation not permitted when stream is capturing)");
    return false;
  }
  auto* work = static_cast<Computation*>(std::calloc(1, sizeof(Computation)));
  const Dims inputDims = getTensorShape(input().name.c_str());
  work->input = static_cast<const float*>(addresses_[input().name]);
  work->batch = batch();
  work->perBatch = countOf(inputDims) / work->batch;
  bool isFilled = true;
  for (const IoTensor& each : plan_.tensors) {
    if (each.isInput) continue;
    if (each.dependsOnValues) {
      isFilled = isFilled && !isCapturing && fillOpenOutput(each, stream, *work);
      continue;
    }
    work->outputs[work->outputCount] = static_cast<float*>(addresses_[each.name]);
    work->outputCounts[work->outputCount++] = countOf(getTensorShape(each.name.c_str()));
  }
  if (!isFilled || plan_.has("failsToRun")) {
    std::free(work);
    return false;
  }
  isCaptured_ = isCaptured_ || isCapturing;
  driver().find<void(void*, void (*)(void*), void*)>("fakeLaunch")(stream, compute, work);
  return true;
}

class Inspector : public nvinfer1::IEngineInspector, Counted {
 public:
  // The layers are a chain from the first input to the first output.
  explicit Inspector(const Plan& plan) {
    std::string read = tensorOf(plan, true);
    for (size_t index = 0; index < plan.layers.size(); ++index) {
      const bool isLast = index + 1 == plan.layers.size();
      const std::string written = isLast ? tensorOf(plan, false) : spelled("from " + plan.layers[index], "-1,8", "Channel major FP16 format where channel % 8 == 0");
      text_ += (index == 0 ? "" : ",") + ("{\"Name\":\"" + plan.layers[index] + "\",\"LayerType\":\"CaskConvolution\",\"Inputs\":[" + read + "],\"Outputs\":[" + written + "]}");
      read = written;
    }
    std::string told;
    for (const Words& words : plan.lines) {
      if (words[0] != "option" && words[0] != "profile") continue;
      told += told.empty() ? "\"" : ",\"";
      for (size_t index = 0; index < words.size(); ++index) told += (index == 0 ? "" : " ") + words[index];
      told += "\"";
    }
    text_ = "{\"Layers\":[" + text_ + "],\"Bindings\":[],\"Told\":[" + told + "]}";
  }
  const char* getEngineInformation(nvinfer1::LayerInformationFormat) const noexcept override { return text_.c_str(); }

 private:
  static std::string spelled(const std::string& name, const std::string& dims, const std::string& format) {
    return "{\"Name\":\"" + name + "\",\"Location\":\"Device\",\"Dimensions\":[" + dims + "],\"Format/Datatype\":\"" + format + "\"}";
  }
  static std::string tensorOf(const Plan& plan, bool isInput) {
    for (const IoTensor& each : plan.tensors) {
      if (each.isInput != isInput) continue;
      std::string dims = textOf(each.dims);
      for (char& character : dims) character = character == 'x' ? ',' : character;
      return spelled(each.name, dims, "Row major linear FP32");
    }
    return spelled("none", "", "");
  }

  std::string text_;
};

class Engine : public nvinfer1::ICudaEngine, Counted {
 public:
  Engine(Plan plan, uint64_t weights, ILogger& logger) : plan_(std::move(plan)), weights_(weights), logger_(logger) {}
  ~Engine() override {
    if (weights_ != 0) driver().find<int(uint64_t)>("cuMemFree_v2")(weights_);
  }
  const char* getName() const noexcept override { return plan_.name.c_str(); }
  int32_t getNbLayers() const noexcept override { return static_cast<int32_t>(plan_.layers.size()); }
  int32_t getNbIOTensors() const noexcept override { return static_cast<int32_t>(plan_.tensors.size()); }
  const char* getIOTensorName(int32_t index) const noexcept override { return plan_.tensors[static_cast<size_t>(index)].name.c_str(); }
  nvinfer1::DataType getTensorDataType(const char* tensor) const noexcept override { return plan_.tensor(tensor).type; }
  Dims getTensorShape(const char* tensor) const noexcept override { return plan_.tensor(tensor).dims; }
  nvinfer1::TensorIOMode getTensorIOMode(const char* tensor) const noexcept override {
    return plan_.tensor(tensor).isInput ? nvinfer1::TensorIOMode::kINPUT : nvinfer1::TensorIOMode::kOUTPUT;
  }
  nvinfer1::TensorLocation getTensorLocation(const char* tensor) const noexcept override {
    return plan_.tensor(tensor).isOnHost ? nvinfer1::TensorLocation::kHOST : nvinfer1::TensorLocation::kDEVICE;
  }
  nvinfer1::TensorFormat getTensorFormat(const char*, int32_t) const noexcept override {
    return plan_.has("packed") ? nvinfer1::TensorFormat::kCHW2 : nvinfer1::TensorFormat::kLINEAR;
  }
  int32_t getNbOptimizationProfiles() const noexcept override { return static_cast<int32_t>(plan_.profiles.size()); }
  Dims getProfileShape(const char* tensor, int32_t profile, OptProfileSelector select) const noexcept override {
    const auto& ranges = plan_.profiles[static_cast<size_t>(profile)];
    const auto found = ranges.find(tensor);
    return found == ranges.end() ? plan_.tensor(tensor).dims : found->second.dims[static_cast<int>(select)];
  }
  int64_t getDeviceMemorySizeV2() const noexcept override { return plan_.activationsBytes; }
  int64_t getEngineStat(nvinfer1::EngineStat) const noexcept override {
    if (version() < 101400) fail("getEngineStat is called of a library that has none");
    return static_cast<int64_t>(plan_.weightsBytes);
  }
  nvinfer1::IExecutionContext* createExecutionContext(nvinfer1::ExecutionContextAllocationStrategy strategy) noexcept override {
    if (strategy != nvinfer1::ExecutionContextAllocationStrategy::kUSER_MANAGED) fail("a context brings memory of its own");
    return new Context(plan_, logger_);
  }
  nvinfer1::IEngineInspector* createEngineInspector() const noexcept override { return new Inspector(plan_); }

 private:
  Plan plan_;
  uint64_t weights_;
  ILogger& logger_;
};

class Runtime : public nvinfer1::IRuntime, Counted {
 public:
  explicit Runtime(ILogger& logger) : logger_(logger) {}
  void setEngineHostCodeAllowed(bool isAllowed) noexcept override { allowsHostCode_ = isAllowed; }
  void setDLACore(int32_t) noexcept override {}
  int32_t getNbDLACores() const noexcept override { return dlaCoreCount(); }

  nvinfer1::ICudaEngine* deserializeCudaEngine(const void* bytes, std::size_t byteCount) noexcept override {
    Plan plan = planOf(std::string(static_cast<const char*>(bytes), byteCount));
    if (plan.lines.empty() || plan.lines[0][0] != "FAKE-PLAN") {
      return refuse("IRuntime::deserializeCudaEngine: Error Code 1: Serialization (Serialization assertion magicTagRead == kMAGIC_TAG failed.Magic tag does not match)");
    }
    const auto spelled = [](int number) {
      return std::to_string(number / 10000) + "." + std::to_string(number % 10000 / 100) + "." + std::to_string(number % 100);
    };
    const Words& head = plan.lines[0];
    const bool isCompatible = plan.has("option", "versionCompatible");
    if (!isCompatible && head[1] != std::to_string(version())) {
      return refuse("IRuntime::deserializeCudaEngine: Error Code 6: API Usage Error (The engine plan file is not compatible with this version of TensorRT, expecting library version " +
                    spelled(version()) + " got " + spelled(std::stoi(head[1])) + ", please rebuild.)");
    }
    if (isCompatible && !allowsHostCode_) return refuse("Plan file contains host code, which must be allowed by setEngineHostCodeAllowed.");
    if (head[2] != fake::compute()) {
      return refuse(std::string("IRuntime::deserializeCudaEngine: Error Code 6: API Usage Error (The engine plan file is generated on an incompatible device, expecting compute ") +
                    fake::compute() + " got compute " + head[2] + ", please rebuild.)");
    }
    uint64_t weights = 0;
    if (plan.weightsBytes > 0 && driver().find<int(uint64_t*, size_t)>("cuMemAlloc_v2")(&weights, plan.weightsBytes) != 0) {
      return refuse("[defaultAllocator.cpp::allocate::31] Error Code 1: Cuda Runtime (out of memory)");
    }
    return new Engine(std::move(plan), weights, logger_);
  }

 private:
  nvinfer1::ICudaEngine* refuse(const std::string& line) {
    logger_.log(ILogger::Severity::kERROR, line.c_str());
    return nullptr;
  }
  ILogger& logger_;
  bool allowsHostCode_ = false;
};

}  // namespace

nvinfer1::IRuntime* makeRuntime(ILogger& logger) { return new Runtime(logger); }

}  // namespace fake
