// The inputs and outputs of an engine, and memory for each as large as any profile wants: nothing is allocated afterwards.
#pragma once

#include <memory>
#include <vector>

#include "tensorrt/cuda_session.h"
#include "tensorrt/v10/tensorrt_10.h"

namespace hka::tensorrt::v10 {

// Facts of names, types, shapes and profiles. Throws Problem for what the host cannot fill: shapes given by values, packed formats.
EngineFacts describeEngine(const nvinfer1::ICudaEngine& engine);

// Says how large an output became whose shape depends on values. Called inside enqueueV3, by the calling thread.
class OutputReceiver : public nvinfer1::IOutputAllocator {
 public:
  explicit OutputReceiver(const TensorMemory& memory) : memory_(memory) {}
  // Null, which ends the inference, when more is wanted than the engine said at most.
  void* reallocateOutputAsync(const char*, void*, uint64_t bytes, uint64_t, cudaStream_t) override {
    return bytes <= memory_.bytes() ? memory_.device() : nullptr;
  }
  void notifyShape(const char*, const nvinfer1::Dims& dims) noexcept override;
  [[nodiscard]] const Shape& shape() const { return shape_; }

 private:
  const TensorMemory& memory_;
  Shape shape_;
};

struct Tensor {
  TensorFacts facts;
  std::unique_ptr<TensorMemory> memory;
  std::unique_ptr<OutputReceiver> receiver;  // of outputs whose shape depends on values
};

// `context` is used for the question how large outputs become, profile by profile.
std::vector<Tensor> makeTensors(const EngineFacts& facts, const nvinfer1::ICudaEngine& engine, nvinfer1::IExecutionContext& context,
                                const std::shared_ptr<CudaSession>& cuda);

}  // namespace hka::tensorrt::v10
