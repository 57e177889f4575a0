// One execution context with the shapes it was made for, and its CUDA graph. TensorRT forbids to change a context that a graph was captured
// from, so each set of shapes has a context of its own, and another one with layer times; all activations share one block, as one stream runs them
// one after another.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tensorrt/cuda_session.h"
#include "tensorrt/v10/layer_profiler.h"
#include "tensorrt/v10/log.h"
#include "tensorrt/v10/tensors.h"

namespace hka::tensorrt::v10 {

// What all lanes of an engine use; belongs to the engine.
struct LaneSurroundings {
  nvinfer1::ICudaEngine& engine;
  std::shared_ptr<CudaSession> cuda;
  const TensorMemory& activations;
  std::vector<Tensor>& tensors;
  LayerProfiler& profiler;
  bool capturesGraphs;
  Log& log;
};

class Lane {
 public:
  // `shapes` are those of the inputs, in the order of the tensors. Throws Problem when there is no memory or TensorRT refuses a shape.
  Lane(const LaneSurroundings& surroundings, int32_t profile, std::vector<Shape> shapes, bool isProfiled);

  // Puts the inference onto the stream: plainly the first time, when TensorRT allocates; as a graph from the second on, if it can be.
  void enqueue();
  // After the stream has run empty: gives the layer times to the profiler.
  void report();
  [[nodiscard]] bool isFor(const std::vector<Shape>& shapes, bool isProfiled) const { return isProfiled == isProfiled_ && shapes == shapes_; }
  // Of the last inference; in the order of the tensors, empty for inputs.
  [[nodiscard]] Shape outputShape(size_t tensor) const;
  [[nodiscard]] bool isGraph() const { return graph_ != nullptr; }
  [[nodiscard]] const std::string& graphRefusal() const { return graphRefusal_; }

 private:
  bool enqueuePlain();

  const LaneSurroundings& surroundings_;
  std::vector<Shape> shapes_;
  const bool isProfiled_;
  std::unique_ptr<nvinfer1::IExecutionContext> context_;
  std::unique_ptr<CapturedGraph> graph_;  // goes before the context it was captured from
  std::string graphRefusal_;
  bool hasRun_ = false;
};

}  // namespace hka::tensorrt::v10
