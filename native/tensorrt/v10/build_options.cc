#include "tensorrt/v10/build_options.h"

#include <algorithm>
#include <cstring>

#include "tensorrt/problem.h"

namespace hka::tensorrt::v10 {
namespace {

using nvinfer1::BuilderFlag;
using nvinfer1::ILogger;

constexpr char kCalibrationStart[] = "TRT-";  // "TRT-100300-EntropyCalibration2": the first line of every calibration cache

// The flags of weak typing are deprecated since 10.12, and what replaces them is a model exported in the wanted types.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
void setPrecision(Precision precision, nvinfer1::IBuilderConfig& config) {
  if (precision != Precision::fp32) config.setFlag(BuilderFlag::kFP16);
  if (precision == Precision::int8) config.setFlag(BuilderFlag::kINT8);
}
void setCalibrator(nvinfer1::IInt8Calibrator* calibrator, nvinfer1::IBuilderConfig& config) { config.setInt8Calibrator(calibrator); }
#pragma GCC diagnostic pop

void setDla(int32_t core, Precision precision, const nvinfer1::IBuilder& builder, nvinfer1::IBuilderConfig& config) {
  const int32_t coreCount = builder.getNbDLACores();
  if (coreCount == 0) throw Problem("noDla", "This board has no DLA, as every Orin Nano.", "Build for the GPU.");
  if (core < 0 || core >= coreCount) {
    throw Problem("noDla", "This board has " + std::to_string(coreCount) + " DLA cores, counted from 0; there is no core " + std::to_string(core) + ".",
                  "Name one that is there.");
  }
  if (precision == Precision::fp32) throw Problem("noDla", "DLA computes in FP16 or INT8 only, and FP32 was asked for.", "Build with FP16 or INT8.");
  config.setDefaultDeviceType(nvinfer1::DeviceType::kDLA);
  config.setDLACore(core);
  config.setFlag(BuilderFlag::kGPU_FALLBACK);
}

bool isOpen(const Shape& shape) {
  return std::any_of(shape.begin(), shape.end(), [](int64_t each) { return each < 0; });
}

[[noreturn]] void throwProfile(size_t index, const std::string& sentence) {
  throw Problem("profileMisfit", "Profile " + std::to_string(index) + ": " + sentence, "Correct the profile.");
}

void checkRange(size_t index, const ShapeRange& range, const Shape& shape) {
  const std::string name = "the input " + range.input;
  for (const Shape* each : {&range.min, &range.best, &range.max}) {
    if (each->size() != shape.size()) throwProfile(index, name + " has the shape " + textOf(shape) + ", and " + textOf(*each) + " was given.");
  }
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    const int64_t min = range.min[axis];
    const int64_t max = range.max[axis];
    if (min < 0 || min > range.best[axis] || range.best[axis] > max || max > INT32_MAX) {
      throwProfile(index, name + " goes from " + textOf(range.min) + " by " + textOf(range.best) + " to " + textOf(range.max) + ", which does not rise.");
    }
    if (shape[axis] >= 0 && (min != shape[axis] || max != shape[axis])) {
      throwProfile(index, name + " is fixed to " + textOf(shape) + ", and goes to " + textOf(range.max) + " here.");
    }
  }
}

const ShapeRange* rangeOf(const Profile& profile, const std::string& input) {
  const auto found = std::find_if(profile.begin(), profile.end(), [&](const ShapeRange& each) { return each.input == input; });
  return found == profile.end() ? nullptr : &*found;
}

void addProfile(size_t index, const Profile& wanted, const nvinfer1::INetworkDefinition& network, nvinfer1::IBuilder& builder,
                nvinfer1::IBuilderConfig& config) {
  nvinfer1::IOptimizationProfile* profile = builder.createOptimizationProfile();  // the builder keeps it
  size_t usedCount = 0;
  for (int32_t input = 0; input < network.getNbInputs(); ++input) {
    const nvinfer1::ITensor& tensor = *network.getInput(input);
    const std::string name = tensor.getName();
    const Shape shape = shapeOf(tensor.getDimensions());
    const ShapeRange* range = rangeOf(wanted, name);
    if (range == nullptr) {
      if (isOpen(shape)) throwProfile(index, "the input " + name + " (" + textOf(shape) + ") has no range.");
      continue;
    }
    checkRange(index, *range, shape);
    ++usedCount;
    const bool isSet = profile->setDimensions(name.c_str(), nvinfer1::OptProfileSelector::kMIN, dimsOf(range->min)) &&
                       profile->setDimensions(name.c_str(), nvinfer1::OptProfileSelector::kOPT, dimsOf(range->best)) &&
                       profile->setDimensions(name.c_str(), nvinfer1::OptProfileSelector::kMAX, dimsOf(range->max));
    if (!isSet) throwProfile(index, "TensorRT refuses the range of the input " + name + ".");
  }
  if (usedCount != wanted.size()) {
    for (const ShapeRange& each : wanted) {
      bool isInput = false;
      for (int32_t input = 0; input < network.getNbInputs(); ++input) isInput = isInput || each.input == network.getInput(input)->getName();
      if (!isInput) throwProfile(index, "the model has no input " + each.input + ".");
    }
    throwProfile(index, "an input has two ranges.");
  }
  if (!profile->isValid() || config.addOptimizationProfile(profile) < 0) throwProfile(index, "TensorRT refuses it.");
}

}  // namespace

void setOptions(const BuildOrder& order, const nvinfer1::IBuilder& builder, nvinfer1::IBuilderConfig& config) {
  setPrecision(order.precision, config);
  if (order.usesSparsity) config.setFlag(BuilderFlag::kSPARSE_WEIGHTS);
  if (order.isVersionCompatible) config.setFlag(BuilderFlag::kVERSION_COMPATIBLE);
  if (order.dlaCore) setDla(*order.dlaCore, order.precision, builder, config);
  if (order.workspaceBytesMax > 0) config.setMemoryPoolLimit(nvinfer1::MemoryPoolType::kWORKSPACE, order.workspaceBytesMax);
  config.setBuilderOptimizationLevel(order.optimizationLevel);
  switch (order.layerDetail) {
    case LayerDetail::names: config.setProfilingVerbosity(nvinfer1::ProfilingVerbosity::kLAYER_NAMES_ONLY); break;
    case LayerDetail::none: config.setProfilingVerbosity(nvinfer1::ProfilingVerbosity::kNONE); break;
    case LayerDetail::whole: config.setProfilingVerbosity(nvinfer1::ProfilingVerbosity::kDETAILED); break;
  }
}

bool hasQuantizeLayers(const nvinfer1::INetworkDefinition& network) {
  for (int32_t layer = 0; layer < network.getNbLayers(); ++layer) {
    if (network.getLayer(layer)->getType() == nvinfer1::LayerType::kQUANTIZE) return true;
  }
  return false;
}

std::unique_ptr<CachedCalibration> setCalibration(const BuildOrder& order, const nvinfer1::INetworkDefinition& network,
                                                  nvinfer1::IBuilderConfig& config) {
  // TensorRT refuses a calibrator beside Q/DQ nodes, whose scales are the newer ones.
  if (order.precision != Precision::int8 || hasQuantizeLayers(network)) return nullptr;
  if (order.calibrationCache.empty()) {
    throw Problem("noCalibration", "INT8 needs scales, and neither does the model have Q/DQ nodes nor was a calibration cache given.",
                  "Give the cache that trtexec or your calibrator wrote, or quantize the model.");
  }
  const size_t startBytes = sizeof(kCalibrationStart) - 1;
  if (order.calibrationCache.size() < startBytes || std::memcmp(order.calibrationCache.data(), kCalibrationStart, startBytes) != 0) {
    throw Problem("calibrationForeign", "The calibration cache is none of TensorRT's: it does not begin with TRT-.", "Give the file that a calibrator wrote.");
  }
  auto calibration = std::make_unique<CachedCalibration>(order.calibrationCache);
  setCalibrator(calibration.get(), config);
  return calibration;
}

void setProfiles(const BuildOrder& order, const nvinfer1::INetworkDefinition& network, nvinfer1::IBuilder& builder,
                 nvinfer1::IBuilderConfig& config) {
  for (int32_t input = 0; input < network.getNbInputs(); ++input) {
    const nvinfer1::ITensor& tensor = *network.getInput(input);
    if (tensor.isShapeTensor()) {
      throw Problem("shapeInput", std::string("The input ") + tensor.getName() + " gives a shape by its values, which this adapter does not support.",
                    "Export the model with this input as a constant.");
    }
    if (order.profiles.empty() && isOpen(shapeOf(tensor.getDimensions()))) {
      throw Problem("profileMissing", std::string("The input ") + tensor.getName() + " has the open shape " + textOf(shapeOf(tensor.getDimensions())) +
                    ", and no profile says its range.", "Give a profile with min, best and max of each input.");
    }
  }
  for (size_t index = 0; index < order.profiles.size(); ++index) addProfile(index, order.profiles[index], network, builder, config);
}

std::unique_ptr<nvinfer1::ITimingCache> mergeCaches(const std::vector<Bytes>& caches, const nvinfer1::IBuilderConfig& config, Log& log) {
  std::unique_ptr<nvinfer1::ITimingCache> merged(config.createTimingCache(nullptr, 0));
  if (merged == nullptr) return nullptr;
  for (size_t index = 0; index < caches.size(); ++index) {
    if (caches[index].empty()) continue;
    const std::unique_ptr<nvinfer1::ITimingCache> next(config.createTimingCache(caches[index].data(), caches[index].size()));
    if (next != nullptr && merged->combine(*next, false)) continue;
    const std::string line = "Timing cache " + std::to_string(index) + " was made by another version or device, or is none; it is left out.";
    log.log(ILogger::Severity::kWARNING, line.c_str());
  }
  return merged;
}

void CachedCalibration::writeCalibrationCache(const void* bytes, std::size_t byteCount) noexcept {
  try {
    written_.assign(static_cast<const uint8_t*>(bytes), static_cast<const uint8_t*>(bytes) + byteCount);
  } catch (const std::exception&) {
    written_.clear();  // memory ran out: the caller has the cache that it gave
  }
}

}  // namespace hka::tensorrt::v10
