// The fake's builder: writes a plan that repeats the model and everything it was told, so that a test can read it back by the inspector.
#include "builder.h"

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <set>
#include <thread>

#include "network.h"

namespace fake {
namespace {

using nvinfer1::Dims;
using nvinfer1::ILogger;

class HostMemory : public nvinfer1::IHostMemory, Counted {
 public:
  explicit HostMemory(std::string text) : text_(std::move(text)) {}
  void* data() const noexcept override { return const_cast<char*>(text_.data()); }
  std::size_t size() const noexcept override { return text_.size(); }

 private:
  std::string text_;
};

// "FAKE-TIMING 101600", then a layer a line.
class TimingCache : public nvinfer1::ITimingCache, Counted {
 public:
  TimingCache(const void* bytes, std::size_t byteCount) {
    if (byteCount == 0) return;
    const auto lines = linesOf(std::string(static_cast<const char*>(bytes), byteCount));
    isForeign_ = lines.empty() || lines[0].size() < 2 || lines[0][0] != "FAKE-TIMING" || lines[0][1] != std::to_string(version());
    if (isForeign_) return;
    for (size_t index = 1; index < lines.size(); ++index) layers.insert(lines[index][0]);
  }
  nvinfer1::IHostMemory* serialize() const noexcept override {
    std::string text = "FAKE-TIMING " + std::to_string(version()) + "\n";
    for (const std::string& each : layers) text += each + "\n";
    return new HostMemory(text);
  }
  bool combine(const nvinfer1::ITimingCache& other, bool ignoreMismatch) noexcept override {
    const auto& cache = static_cast<const TimingCache&>(other);
    if (cache.isForeign_ && !ignoreMismatch) return false;
    layers.insert(cache.layers.begin(), cache.layers.end());
    return true;
  }
  std::set<std::string> layers;

 private:
  bool isForeign_ = false;
};

class OptimizationProfile : public nvinfer1::IOptimizationProfile {
 public:
  bool setDimensions(const char* input, nvinfer1::OptProfileSelector select, const Dims& dims) noexcept override {
    if (select == nvinfer1::OptProfileSelector::kMIN) text += std::string(" ") + input;
    text += " " + textOf(dims);
    return true;
  }
  bool isValid() const noexcept override { return true; }
  std::string text;
};

class Config : public nvinfer1::IBuilderConfig, Counted {
 public:
  void setFlag(nvinfer1::BuilderFlag flag) noexcept override {
    constexpr const char* kNames[] = {"fp16", "int8", "gpuFallback", "sparseWeights", "versionCompatible"};
    told += std::string("option ") + kNames[static_cast<int>(flag)] + "\n";
    isInt8 = isInt8 || flag == nvinfer1::BuilderFlag::kINT8;
  }
  void setDefaultDeviceType(nvinfer1::DeviceType type) noexcept override { told += type == nvinfer1::DeviceType::kDLA ? "option dla\n" : ""; }
  void setDLACore(int32_t core) noexcept override { told += "option dlaCore " + std::to_string(core) + "\n"; }
  void setMemoryPoolLimit(nvinfer1::MemoryPoolType, std::size_t bytes) noexcept override { told += "option workspace " + std::to_string(bytes) + "\n"; }
  void setBuilderOptimizationLevel(int32_t level) noexcept override { told += "option level " + std::to_string(level) + "\n"; }
  void setProfilingVerbosity(nvinfer1::ProfilingVerbosity verbosity) noexcept override {
    told += "option verbosity " + std::to_string(static_cast<int>(verbosity)) + "\n";
  }
  void setInt8Calibrator(nvinfer1::IInt8Calibrator* given) noexcept override { calibrator = given; }
  int32_t addOptimizationProfile(const nvinfer1::IOptimizationProfile* profile) noexcept override {
    told += "profile" + static_cast<const OptimizationProfile*>(profile)->text + "\n";
    return profileCount++;
  }
  void setProgressMonitor(nvinfer1::IProgressMonitor* given) noexcept override { monitor = given; }
  nvinfer1::ITimingCache* createTimingCache(const void* bytes, std::size_t byteCount) const noexcept override {
    return new TimingCache(bytes, byteCount);
  }
  bool setTimingCache(const nvinfer1::ITimingCache& given, bool) noexcept override {
    cache = const_cast<TimingCache*>(static_cast<const TimingCache*>(&given));
    return true;
  }
  const nvinfer1::ITimingCache* getTimingCache() const noexcept override { return cache; }

  std::string told;
  bool isInt8 = false;
  int32_t profileCount = 0;
  nvinfer1::IInt8Calibrator* calibrator = nullptr;
  nvinfer1::IProgressMonitor* monitor = nullptr;
  TimingCache* cache = nullptr;
};

class CountedNetwork : public Network, Counted {};

class Builder : public nvinfer1::IBuilder, Counted {
 public:
  explicit Builder(ILogger& logger) : logger_(logger) {}
  nvinfer1::INetworkDefinition* createNetworkV2(uint32_t) noexcept override { return new CountedNetwork; }
  nvinfer1::IBuilderConfig* createBuilderConfig() noexcept override { return new Config; }
  nvinfer1::IOptimizationProfile* createOptimizationProfile() noexcept override { return &profiles_.emplace_back(); }
  int32_t getNbDLACores() const noexcept override { return dlaCoreCount(); }

  nvinfer1::IHostMemory* buildSerializedNetwork(nvinfer1::INetworkDefinition& definition, nvinfer1::IBuilderConfig& given) noexcept override {
    const auto& network = static_cast<const Network&>(definition);
    auto& config = static_cast<Config&>(given);
    std::string plan = "FAKE-PLAN " + std::to_string(version()) + " " + compute() + "\n";
    for (const Words& words : network.lines) {
      for (const std::string& word : words) plan += word + " ";
      plan += "\n";
    }
    if (config.calibrator != nullptr && !calibrate(config)) return nullptr;
    // TensorRT builds on threads of its own.
    bool isDone = false;
    std::thread([&] { isDone = time(network, config); }).join();
    if (!isDone) return nullptr;
    say(ILogger::Severity::kINFO, "Engine generation completed in 0.1 seconds.");
    return new HostMemory(plan + config.told);
  }

 private:
  void say(ILogger::Severity severity, const std::string& line) const { logger_.log(severity, line.c_str()); }

  bool calibrate(Config& config) const {
    std::size_t byteCount = 0;
    const void* bytes = config.calibrator->readCalibrationCache(byteCount);
    if (bytes == nullptr || byteCount == 0) {
      say(ILogger::Severity::kERROR, "Calibration failure occurred with no scaling factors detected.");
      return false;
    }
    config.told += "option calibrated " + std::to_string(byteCount) + "\n";
    config.calibrator->writeCalibrationCache(bytes, byteCount);
    return true;
  }

  bool timeLayer(const Words& layer, Config& config) const {
    const std::string phase = "Timing " + layer[1];
    constexpr int kStepCount = 2;
    config.monitor->phaseStart(phase.c_str(), "Building", kStepCount);
    const char* pause = std::getenv("FAKE_BUILD_STEP_MS");
    bool goesOn = true;
    for (int step = 0; step < kStepCount && goesOn; ++step) {
      if (pause != nullptr) std::this_thread::sleep_for(std::chrono::milliseconds(std::atoi(pause)));
      goesOn = config.monitor->stepComplete(phase.c_str(), step);
    }
    config.monitor->phaseFinish(phase.c_str());
    return goesOn;
  }

  bool time(const Network& network, Config& config) const {
    config.monitor->phaseStart("Building", nullptr, network.getNbLayers());
    int step = 0;
    bool goesOn = true;
    for (const Words& words : network.lines) {
      if (words[0] == "noTactic") say(ILogger::Severity::kERROR, "Error Code 10: Internal Error (Could not find any implementation for node " + words[1] + ".)");
      if (words[0] == "hungry") say(ILogger::Severity::kERROR, "[defaultAllocator.cpp::allocate::31] Error Code 1: Cuda Runtime (out of memory)");
      if (words[0] == "noTactic" || words[0] == "hungry") goesOn = false;
      if (words[0] == "weights") say(ILogger::Severity::kINFO, "Total Weights Memory: " + words[1] + " bytes");
      if (words[0] == "activations") say(ILogger::Severity::kINFO, "Total Activation Memory: " + words[1] + " bytes");
      if (words[0] == "scratch") say(ILogger::Severity::kINFO, "Max Scratch Memory: " + words[1] + " bytes");
      if (words[0] != "layer" || !goesOn) continue;
      const bool isNew = config.cache == nullptr || config.cache->layers.insert(words[1]).second;
      say(ILogger::Severity::kVERBOSE, isNew ? "timed " + words[1] : "found the timing of " + words[1]);
      goesOn = timeLayer(words, config) && config.monitor->stepComplete("Building", step++);
    }
    config.monitor->phaseFinish("Building");
    return goesOn;
  }

  ILogger& logger_;
  std::deque<OptimizationProfile> profiles_;
};

}  // namespace

nvinfer1::IBuilder* makeBuilder(ILogger& logger) { return new Builder(logger); }

}  // namespace fake
