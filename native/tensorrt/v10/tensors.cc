#include "tensorrt/v10/tensors.h"

#include <algorithm>
#include <exception>

#include "tensorrt/problem.h"

namespace hka::tensorrt::v10 {
namespace {

using nvinfer1::OptProfileSelector;

Profile describeProfile(const nvinfer1::ICudaEngine& engine, const std::vector<TensorFacts>& tensors, int32_t index) {
  Profile profile;
  for (const TensorFacts& tensor : tensors) {
    if (!tensor.isInput) continue;
    const char* name = tensor.name.c_str();
    const auto shape = [&](OptProfileSelector select) { return shapeOf(engine.getProfileShape(name, index, select)); };
    profile.push_back({tensor.name, shape(OptProfileSelector::kMIN), shape(OptProfileSelector::kOPT), shape(OptProfileSelector::kMAX)});
  }
  return profile;
}

[[noreturn]] void throwTensor(const TensorFacts& tensor, const std::string& what) {
  throw Problem("tensorUnsupported", std::string(tensor.isInput ? "The input " : "The output ") + tensor.name + " " + what + ", which this adapter does not support.",
                "Export and build the model with plain inputs and outputs.");
}

// At most; of an output at the shapes that the context has now.
int64_t bytesOf(const TensorFacts& tensor, const Shape& shape, const nvinfer1::IExecutionContext& context) {
  const int64_t count = elementCount(shape);
  if (count >= 0) return count * static_cast<int64_t>(elementBytes(tensor.element));
  return context.getMaxOutputSize(tensor.name.c_str());
}

}  // namespace

EngineFacts describeEngine(const nvinfer1::ICudaEngine& engine) {
  EngineFacts facts;
  if (const char* name = engine.getName()) facts.name = name;
  facts.layerCount = engine.getNbLayers();
  for (int32_t index = 0; index < engine.getNbIOTensors(); ++index) {
    const char* name = engine.getIOTensorName(index);
    TensorFacts tensor;
    tensor.name = name;
    tensor.element = elementOf(engine.getTensorDataType(name));
    tensor.shape = shapeOf(engine.getTensorShape(name));
    tensor.isInput = engine.getTensorIOMode(name) == nvinfer1::TensorIOMode::kINPUT;
    if (engine.getTensorLocation(name) != nvinfer1::TensorLocation::kDEVICE) throwTensor(tensor, "is a shape tensor on the host");
    if (elementBytes(tensor.element) == 0) throwTensor(tensor, "has elements smaller than a byte or of a rare type");
    for (int32_t profile = 0; profile < engine.getNbOptimizationProfiles(); ++profile) {
      if (engine.getTensorFormat(name, profile) != nvinfer1::TensorFormat::kLINEAR) throwTensor(tensor, "has a packed format");
    }
    facts.tensors.push_back(tensor);
  }
  for (int32_t index = 0; index < engine.getNbOptimizationProfiles(); ++index) {
    facts.profiles.push_back(describeProfile(engine, facts.tensors, index));
  }
  return facts;
}

void OutputReceiver::notifyShape(const char*, const nvinfer1::Dims& dims) noexcept {
  try {
    shape_ = shapeOf(dims);
  } catch (const std::exception&) {
    shape_.clear();  // memory ran out; infer() then finds that the output has no shape
  }
}

std::vector<Tensor> makeTensors(const EngineFacts& facts, const nvinfer1::ICudaEngine& engine, nvinfer1::IExecutionContext& context,
                                const std::shared_ptr<CudaSession>& cuda) {
  std::vector<Tensor> tensors(facts.tensors.size());
  std::vector<int64_t> bytesMax(facts.tensors.size(), 0);
  std::vector<bool> areOpen(facts.tensors.size(), false);
  for (int32_t profile = 0; profile < engine.getNbOptimizationProfiles(); ++profile) {
    static_cast<void>(context.setOptimizationProfileAsync(profile, static_cast<cudaStream_t>(cuda->stream())));
    for (const ShapeRange& range : facts.profiles[static_cast<size_t>(profile)]) static_cast<void>(context.setInputShape(range.input.c_str(), dimsOf(range.max)));
    for (size_t index = 0; index < tensors.size(); ++index) {
      const TensorFacts& tensor = facts.tensors[index];
      const Shape shape = shapeOf(context.getTensorShape(tensor.name.c_str()));
      bytesMax[index] = std::max(bytesMax[index], bytesOf(tensor, shape, context));
      if (elementCount(shape) < 0) areOpen[index] = true;
    }
  }
  for (size_t index = 0; index < tensors.size(); ++index) {
    Tensor& tensor = tensors[index];
    tensor.facts = facts.tensors[index];
    const std::string what = std::string(tensor.facts.isInput ? "the input " : "the output ") + tensor.facts.name;
    tensor.memory = std::make_unique<TensorMemory>(cuda, static_cast<size_t>(bytesMax[index]), true, what);
    if (areOpen[index] && !tensor.facts.isInput) tensor.receiver = std::make_unique<OutputReceiver>(*tensor.memory);
  }
  return tensors;
}

}  // namespace hka::tensorrt::v10
