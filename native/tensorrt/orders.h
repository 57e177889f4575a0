// What is asked of TensorRT and what it answers, in words of no version of it: no number of an enum of NVIDIA's crosses this line, because
// their values shift between majors. Sizes are bytes, shapes count elements, -1 is an open dimension.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace hka::tensorrt {

using Bytes = std::vector<uint8_t>;
using Shape = std::vector<int64_t>;

enum class LogSeverity { internalError, error, warning, note, verbose };
enum class Precision { fp32, fp16, int8 };
enum class ElementType { float32, float16, bfloat16, int8, uint8, int32, int64, boolean, other };
// How much of the layers the plan keeps for the inspector and the profiler.
enum class LayerDetail { names, none, whole };

struct ShapeRange {
  std::string input;
  Shape min;
  Shape best;  // what the tactics are timed for
  Shape max;
};
// One optimization profile: a range for each input with an open dimension.
using Profile = std::vector<ShapeRange>;

// Called from threads of TensorRT, several at once; must not throw and must return soon.
struct BuildListener {
  std::function<void(LogSeverity severity, const std::string& text)> onLog;
  // `parent` is empty at the top. A phase goes from step 0 to its stepCount, which then calls with isFinished.
  std::function<void(const std::string& phase, const std::string& parent, int32_t step, int32_t stepCount, bool isFinished)> onProgress;
  std::function<bool()> isCancelled;
};

struct BuildOrder {
  std::string onnxPath;
  Precision precision = Precision::fp32;  // the lowest that layers may use
  Bytes calibrationCache;                 // int8 of a model without Q/DQ nodes needs it
  bool usesSparsity = false;
  std::optional<int32_t> dlaCore;  // layers that DLA cannot run go to the GPU
  std::vector<Profile> profiles;
  std::vector<Bytes> timingCaches;  // merged; those of another version or device are left out, with a warning in the log
  uint64_t workspaceBytesMax = 0;   // 0: TensorRT's own limit, all memory of the device
  int32_t optimizationLevel = 3;    // 0..5, TensorRT's own default; from 4 on a build is not reproducible
  bool isVersionCompatible = false;
  LayerDetail layerDetail = LayerDetail::whole;
  LogSeverity logSeverityMax = LogSeverity::note;
};

// From TensorRT's own log lines; -1 when it did not say.
struct BuildMemory {
  int64_t weightsBytes = -1;
  int64_t activationsBytes = -1;
  int64_t workspaceBytes = -1;
};

struct BuildOutcome {
  Bytes plan;
  Bytes timingCache;       // the merged ones with what this build timed
  Bytes calibrationCache;  // as TensorRT wrote it; empty when it used none
  BuildMemory memory;
};

struct LoadOrder {
  Bytes plan;
  int32_t device = 0;
  std::optional<int32_t> dlaCore;
  bool allowsHostCode = false;   // a version-compatible plan carries a library of its own, which then runs in this process
  bool capturesGraphs = true;
};

struct TensorFacts {
  std::string name;
  ElementType element = ElementType::other;
  Shape shape;  // -1 where open
  bool isInput = false;
};

struct EngineFacts {
  std::string name;
  std::vector<TensorFacts> tensors;
  std::vector<Profile> profiles;  // with every input
  int32_t layerCount = 0;
};

// -1 when it cannot be told. Activations hold the workspace of the layers too.
struct EngineMemory {
  int64_t weightsBytes = -1;
  // False: what the device had less while the plan was loaded, so that another program's allocation counts too.
  bool areWeightsExact = false;
  int64_t activationsBytes = -1;
};

struct LayerTime {
  std::string name;
  double meanNs = 0;
  uint64_t count = 0;
};

struct InputValues {
  std::string name;
  Shape shape;
  const void* address = nullptr;  // of host memory, dense; read until infer() returns
  size_t byteCount = 0;
};
struct OutputValues {
  std::string name;
  ElementType element = ElementType::other;
  Shape shape;
  Bytes bytes;
};
struct InferOutcome {
  std::vector<OutputValues> outputs;
  uint64_t startHostNs = 0;  // CLOCK_MONOTONIC, before the inputs are copied
  uint64_t durationNs = 0;   // until the outputs are on the host
  bool isGraph = false;      // launched as a CUDA graph
};

}  // namespace hka::tensorrt
