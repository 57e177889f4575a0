// CUDA as the adapter needs it, through the driver opened by hand: memory, one stream, graphs. TensorRT's cudaStream_t is the driver's
// CUstream, and both share the primary context. Everything that fails throws Problem.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "addon/cuda/primary_context.h"

namespace hka::tensorrt {

// CUresult is an int, CUdeviceptr a 64-bit number, streams, graphs and their instances are pointers: cuda.h.
struct CudaFunctions {
  int (*allocate)(uint64_t* address, size_t bytes) = nullptr;
  int (*release)(uint64_t address) = nullptr;
  int (*allocateHost)(void** address, size_t bytes, unsigned flags) = nullptr;
  int (*releaseHost)(void* address) = nullptr;
  int (*memoryLeft)(size_t* freeBytes, size_t* allBytes) = nullptr;
  int (*toDevice)(uint64_t target, const void* source, size_t bytes, void* stream) = nullptr;
  int (*toHost)(void* target, uint64_t source, size_t bytes, void* stream) = nullptr;
  int (*createStream)(void** stream, unsigned flags) = nullptr;
  int (*destroyStream)(void* stream) = nullptr;
  int (*synchronize)(void* stream) = nullptr;
  int (*beginCapture)(void* stream, int mode) = nullptr;
  int (*endCapture)(void* stream, void** graph) = nullptr;
  int (*instantiate)(void** instance, void* graph, unsigned long long flags) = nullptr;
  int (*launch)(void* instance, void* stream) = nullptr;
  int (*destroyInstance)(void* instance) = nullptr;
  int (*destroyGraph)(void* graph) = nullptr;
};

class CudaSession {
 public:
  explicit CudaSession(int device);
  ~CudaSession();
  CudaSession(const CudaSession&) = delete;
  CudaSession& operator=(const CudaSession&) = delete;

  // Makes the context the calling thread's; everything else here needs it.
  void select();
  [[nodiscard]] const CudaFunctions& functions() const { return functions_; }
  [[nodiscard]] void* stream() const { return stream_; }
  [[nodiscard]] uint64_t freeBytes() const;
  void synchronize();

 private:
  addon::PrimaryContext context_;
  CudaFunctions functions_;
  void* stream_ = nullptr;
};

void checkCuda(int result, const std::string& what);

// Memory of one tensor, on the device and pinned on the host, at most `bytes` at a time.
class TensorMemory {
 public:
  TensorMemory(std::shared_ptr<CudaSession> cuda, size_t bytes, bool isOnHostToo, const std::string& what);
  ~TensorMemory();
  TensorMemory(const TensorMemory&) = delete;
  TensorMemory& operator=(const TensorMemory&) = delete;

  [[nodiscard]] void* device() const { return reinterpret_cast<void*>(device_); }
  [[nodiscard]] uint8_t* host() const { return static_cast<uint8_t*>(host_); }
  [[nodiscard]] size_t bytes() const { return bytes_; }
  // In the order of the stream.
  void toDevice(size_t bytes) const;
  void toHost(size_t bytes) const;

 private:
  std::shared_ptr<CudaSession> cuda_;
  size_t bytes_;
  uint64_t device_ = 0;
  void* host_ = nullptr;
};

// What `work` put onto the stream, to launch again and again.
class CapturedGraph {
 public:
  // `work` returns whether it succeeded. Empty, with a sentence in `whyNot`, when it cannot be captured; the stream is as before then.
  template <class Work>
  static std::unique_ptr<CapturedGraph> capture(std::shared_ptr<CudaSession> cuda, Work work, std::string& whyNot) {
    if (!begin(*cuda, whyNot)) return nullptr;
    const bool isWhole = work();
    return end(std::move(cuda), isWhole, whyNot);
  }
  ~CapturedGraph();
  CapturedGraph(const CapturedGraph&) = delete;
  CapturedGraph& operator=(const CapturedGraph&) = delete;
  void launch() const;

 private:
  CapturedGraph(std::shared_ptr<CudaSession> cuda, void* instance) : cuda_(std::move(cuda)), instance_(instance) {}
  static bool begin(const CudaSession& cuda, std::string& whyNot);
  static std::unique_ptr<CapturedGraph> end(std::shared_ptr<CudaSession> cuda, bool isWhole, std::string& whyNot);

  std::shared_ptr<CudaSession> cuda_;
  void* instance_;
};

}  // namespace hka::tensorrt
