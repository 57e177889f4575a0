// TensorRT behind one interface, whatever its major version. Everything that can go wrong throws Problem.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tensorrt/orders.h"
#include "tensorrt/problem.h"

namespace hka::tensorrt {

// A loaded plan with its stream, buffers and contexts. Any thread may call; calls wait for each other.
class Engine {
 public:
  virtual ~Engine() = default;
  [[nodiscard]] virtual const EngineFacts& facts() const = 0;
  // The first inference of a shape allocates and, when graphs are wanted, the second captures; after that no GPU memory is allocated. With
  // `isProfiled` it counts for layerTimes() and takes longer; the others pay nothing for that.
  virtual InferOutcome infer(const std::vector<InputValues>& inputs, bool isProfiled) = 0;
  // The inspector's JSON as TensorRT writes it.
  virtual std::string inspect() = 0;
  // Of the profiled inferences since the last resetLayerTimes(), in the order of execution.
  virtual std::vector<LayerTime> layerTimes() = 0;
  virtual void resetLayerTimes() = 0;
  [[nodiscard]] virtual EngineMemory memory() const = 0;
  // Why a shape runs without a CUDA graph although one was wanted; empty when none does.
  [[nodiscard]] virtual std::string graphRefusal() = 0;
};

class Adapter {
 public:
  virtual ~Adapter() = default;
  // Such as "10.3.0".
  [[nodiscard]] virtual const std::string& version() const = 0;
  // Blocks for seconds to many minutes.
  virtual BuildOutcome build(const BuildOrder& order, const BuildListener& listener, int32_t device) = 0;
  virtual std::unique_ptr<Engine> load(LoadOrder order) = 0;
  // One cache with the entries of all; what does not fit this version and device is left out.
  virtual Bytes mergeTimingCaches(const std::vector<Bytes>& caches) = 0;
};

// Opens TensorRT from `folder`; when that is empty, from the folder in HOOKANALYZER_TENSORRT, then wherever the loader looks. Problems: it is
// not there, it is of a major that this build has no adapter for, or this build has no adapter at all.
std::unique_ptr<Adapter> openAdapter(const std::string& folder);

}  // namespace hka::tensorrt
