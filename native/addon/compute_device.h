// What JavaScript can ask of a device: the CPU device and the CUDA device answer alike. Called from one thread, Node's own.
// Everything that can go wrong throws DeviceError, whose sentence the binding turns into a JavaScript Error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernels/conv3x3/conv3x3.h"
#include "kernels/gemm/gemm.h"
#include "kernels/relu/relu.h"
#include "kernels/softmax/softmax.h"

namespace hka::addon {

class DeviceError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct DeviceFacts {
  std::string kind;  // "cpu" or "cuda"
  std::string name;
  uint32_t smCount = 0;  // streaming multiprocessors, or threads used
  double memoryBytes = 0;
};

class ComputeDevice {
 public:
  virtual ~ComputeDevice() = default;

  [[nodiscard]] virtual const DeviceFacts& facts() const = 0;
  // A new stream, counted from 1; stream 0 is the default one and always there.
  virtual uint32_t createStream() = 0;
  // Addresses of float32 memory. `name` says what the memory is for.
  virtual void* allocate(size_t bytes, const std::string& name) = 0;
  virtual void release(void* address) = 0;
  // Copies in the order of the stream, and return when it is done.
  virtual void upload(float* target, const float* source, size_t count, uint32_t stream) = 0;
  virtual void download(float* target, const float* source, size_t count, uint32_t stream) = 0;
  // Launches return at once; synchronize() waits for all streams.
  virtual void launchGemm(const kernels::GemmArguments& gemm, uint32_t stream) = 0;
  virtual void launchConv(const kernels::ConvArguments& conv, uint32_t stream) = 0;
  virtual void launchSoftmax(const kernels::SoftmaxArguments& softmax, uint32_t stream) = 0;
  virtual void launchRelu(const kernels::ReluArguments& relu, uint32_t stream) = 0;
  virtual void synchronize() = 0;
  virtual void pushRange(const std::string& name) = 0;
  virtual void popRange() = 0;
  // Which of kernel, memcpy, memory, api, nvtx and sync to record; other names are passed over, as they name nothing here.
  virtual void setKinds(const std::vector<std::string>& kinds) = 0;
  // Whole packets of the rows recorded since the last call.
  virtual std::vector<uint8_t> takePackets() = 0;
};

}  // namespace hka::addon
