// What the adapter uses of TensorRT 10's interfaces, declared in our own words for the fake library: names and signatures as NVIDIA's, the
// order of functions and the classes' insides not. Adapter and fake are both compiled against it, so they fit each other and nothing else;
// whether the adapter fits the real headers is decided by compiling it against those (native/tensorrt/CMakeLists.txt).
#pragma once

#include <cstddef>
#include <cstdint>

#define NV_TENSORRT_MAJOR 10
#define NV_TENSORRT_MINOR 16

struct CUstream_st;
using cudaStream_t = CUstream_st*;

namespace nvinfer1 {

struct Object {  // stands for INoCopy and IVersionedInterface: a virtual destructor
  virtual ~Object() = default;
};

struct Dims {
  static constexpr int32_t MAX_DIMS = 8;
  int32_t nbDims = 0;
  int64_t d[MAX_DIMS] = {};
};

enum class DataType : int32_t { kFLOAT, kHALF, kINT8, kINT32, kBOOL, kUINT8, kFP8, kBF16, kINT64, kINT4 };
enum class TensorFormat : int32_t { kLINEAR, kCHW2 };
enum class TensorLocation : int32_t { kDEVICE, kHOST };
enum class TensorIOMode : int32_t { kNONE, kINPUT, kOUTPUT };
enum class OptProfileSelector : int32_t { kMIN, kOPT, kMAX };
enum class DeviceType : int32_t { kGPU, kDLA };
enum class LayerType : int32_t { kCONVOLUTION, kQUANTIZE };
enum class BuilderFlag : int32_t { kFP16, kINT8, kGPU_FALLBACK, kSPARSE_WEIGHTS, kVERSION_COMPATIBLE };
enum class MemoryPoolType : int32_t { kWORKSPACE };
enum class ProfilingVerbosity : int32_t { kLAYER_NAMES_ONLY, kNONE, kDETAILED };
enum class LayerInformationFormat : int32_t { kONELINE, kJSON };
enum class ExecutionContextAllocationStrategy : int32_t { kSTATIC, kON_PROFILE_CHANGE, kUSER_MANAGED };
enum class EngineStat : int32_t { kTOTAL_WEIGHTS_SIZE };

class ILogger : public Object {
 public:
  enum class Severity : int32_t { kINTERNAL_ERROR, kERROR, kWARNING, kINFO, kVERBOSE };
  virtual void log(Severity severity, const char* text) noexcept = 0;
};

class IProgressMonitor : public Object {
 public:
  virtual void phaseStart(const char* phase, const char* parent, int32_t stepCount) noexcept = 0;
  virtual bool stepComplete(const char* phase, int32_t step) noexcept = 0;
  virtual void phaseFinish(const char* phase) noexcept = 0;
};

class IProfiler : public Object {
 public:
  virtual void reportLayerTime(const char* layer, float milliseconds) noexcept = 0;
};

class IOutputAllocator : public Object {
 public:
  virtual void* reallocateOutputAsync(const char* tensor, void* current, uint64_t bytes, uint64_t alignment, cudaStream_t stream) = 0;
  virtual void notifyShape(const char* tensor, const Dims& dims) noexcept = 0;
};

class IInt8Calibrator : public Object {
 public:
  virtual int32_t getBatchSize() const noexcept = 0;
  virtual bool getBatch(void* bindings[], const char* names[], int32_t count) noexcept = 0;
  virtual const void* readCalibrationCache(std::size_t& byteCount) noexcept = 0;
  virtual void writeCalibrationCache(const void* bytes, std::size_t byteCount) noexcept = 0;
};
class IInt8EntropyCalibrator2 : public IInt8Calibrator {};

class IHostMemory : public Object {
 public:
  virtual void* data() const noexcept = 0;
  virtual std::size_t size() const noexcept = 0;
};

class ITimingCache : public Object {
 public:
  virtual IHostMemory* serialize() const noexcept = 0;
  virtual bool combine(const ITimingCache& other, bool ignoreMismatch) noexcept = 0;
};

class IOptimizationProfile : public Object {
 public:
  virtual bool setDimensions(const char* input, OptProfileSelector select, const Dims& dims) noexcept = 0;
  virtual bool isValid() const noexcept = 0;
};

class ITensor : public Object {
 public:
  virtual const char* getName() const noexcept = 0;
  virtual Dims getDimensions() const noexcept = 0;
  virtual bool isShapeTensor() const noexcept = 0;
};

class ILayer : public Object {
 public:
  virtual LayerType getType() const noexcept = 0;
};

class INetworkDefinition : public Object {
 public:
  virtual int32_t getNbInputs() const noexcept = 0;
  virtual ITensor* getInput(int32_t index) const noexcept = 0;
  virtual int32_t getNbLayers() const noexcept = 0;
  virtual ILayer* getLayer(int32_t index) const noexcept = 0;
};

class IBuilderConfig : public Object {
 public:
  virtual void setFlag(BuilderFlag flag) noexcept = 0;
  virtual void setDefaultDeviceType(DeviceType type) noexcept = 0;
  virtual void setDLACore(int32_t core) noexcept = 0;
  virtual void setMemoryPoolLimit(MemoryPoolType pool, std::size_t bytes) noexcept = 0;
  virtual void setBuilderOptimizationLevel(int32_t level) noexcept = 0;
  virtual void setProfilingVerbosity(ProfilingVerbosity verbosity) noexcept = 0;
  virtual void setInt8Calibrator(IInt8Calibrator* calibrator) noexcept = 0;
  virtual int32_t addOptimizationProfile(const IOptimizationProfile* profile) noexcept = 0;
  virtual void setProgressMonitor(IProgressMonitor* monitor) noexcept = 0;
  virtual ITimingCache* createTimingCache(const void* bytes, std::size_t byteCount) const noexcept = 0;
  virtual bool setTimingCache(const ITimingCache& cache, bool ignoreMismatch) noexcept = 0;
  virtual const ITimingCache* getTimingCache() const noexcept = 0;
};

class IBuilder : public Object {
 public:
  virtual INetworkDefinition* createNetworkV2(uint32_t flags) noexcept = 0;
  virtual IBuilderConfig* createBuilderConfig() noexcept = 0;
  virtual IOptimizationProfile* createOptimizationProfile() noexcept = 0;
  virtual int32_t getNbDLACores() const noexcept = 0;
  virtual IHostMemory* buildSerializedNetwork(INetworkDefinition& network, IBuilderConfig& config) noexcept = 0;
};

class IExecutionContext : public Object {
 public:
  virtual void setDeviceMemoryV2(void* memory, int64_t bytes) noexcept = 0;
  virtual void setProfiler(IProfiler* profiler) noexcept = 0;
  virtual bool setEnqueueEmitsProfile(bool emits) noexcept = 0;
  virtual bool reportToProfiler() const noexcept = 0;
  virtual bool setOptimizationProfileAsync(int32_t index, cudaStream_t stream) noexcept = 0;
  virtual bool setInputShape(const char* tensor, const Dims& dims) noexcept = 0;
  virtual bool setTensorAddress(const char* tensor, void* address) noexcept = 0;
  virtual bool setOutputAllocator(const char* tensor, IOutputAllocator* allocator) noexcept = 0;
  virtual Dims getTensorShape(const char* tensor) const noexcept = 0;
  virtual int64_t getMaxOutputSize(const char* tensor) const noexcept = 0;
  virtual bool enqueueV3(cudaStream_t stream) noexcept = 0;
};

class IEngineInspector : public Object {
 public:
  virtual const char* getEngineInformation(LayerInformationFormat format) const noexcept = 0;
};

class ICudaEngine : public Object {
 public:
  virtual const char* getName() const noexcept = 0;
  virtual int32_t getNbLayers() const noexcept = 0;
  virtual int32_t getNbIOTensors() const noexcept = 0;
  virtual const char* getIOTensorName(int32_t index) const noexcept = 0;
  virtual DataType getTensorDataType(const char* tensor) const noexcept = 0;
  virtual Dims getTensorShape(const char* tensor) const noexcept = 0;
  virtual TensorIOMode getTensorIOMode(const char* tensor) const noexcept = 0;
  virtual TensorLocation getTensorLocation(const char* tensor) const noexcept = 0;
  virtual TensorFormat getTensorFormat(const char* tensor, int32_t profile) const noexcept = 0;
  virtual int32_t getNbOptimizationProfiles() const noexcept = 0;
  virtual Dims getProfileShape(const char* tensor, int32_t profile, OptProfileSelector select) const noexcept = 0;
  virtual int64_t getDeviceMemorySizeV2() const noexcept = 0;
  virtual int64_t getEngineStat(EngineStat stat) const noexcept = 0;
  virtual IExecutionContext* createExecutionContext(ExecutionContextAllocationStrategy strategy) noexcept = 0;
  virtual IEngineInspector* createEngineInspector() const noexcept = 0;
};

class IRuntime : public Object {
 public:
  virtual void setEngineHostCodeAllowed(bool isAllowed) noexcept = 0;
  virtual void setDLACore(int32_t core) noexcept = 0;
  virtual int32_t getNbDLACores() const noexcept = 0;
  virtual ICudaEngine* deserializeCudaEngine(const void* bytes, std::size_t byteCount) noexcept = 0;
};

}  // namespace nvinfer1
