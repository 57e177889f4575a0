// The CPU device: runs the twins of the CUDA kernels on a few threads and writes the same rows that the collector writes for a GPU.
// Launches only queue, as on a GPU, so that its timeline has launches, queues and streams that overlap.
//
//   Node's thread   api rows, memory rows, ranges ──┐
//   device threads  kernel rows, memcpy rows ───────┴──▶ RowRecorder ──takePackets()──▶ runner ──▶ probe
#pragma once

#include <map>
#include <string>
#include <vector>

#include "addon/compute_device.h"
#include "addon/cpu/block_scheduler.h"
#include "addon/row_recorder.h"

namespace hka::addon {

struct CpuDeviceOptions {
  uint32_t threadCount = 1;
  HostNs epoch;
  uint32_t sourceId = 0;
};

class CpuDevice final : public ComputeDevice {
 public:
  explicit CpuDevice(const CpuDeviceOptions& options);
  ~CpuDevice() override;

  [[nodiscard]] const DeviceFacts& facts() const override { return facts_; }
  uint32_t createStream() override;
  void* allocate(size_t bytes, const std::string& name) override;
  void release(void* address) override;
  void upload(float* target, const float* source, size_t count, uint32_t stream) override;
  void download(float* target, const float* source, size_t count, uint32_t stream) override;
  void launchGemm(const kernels::GemmArguments& gemm, uint32_t stream) override;
  void launchConv(const kernels::ConvArguments& conv, uint32_t stream) override;
  void launchSoftmax(const kernels::SoftmaxArguments& softmax, uint32_t stream) override;
  void launchRelu(const kernels::ReluArguments& relu, uint32_t stream) override;
  void synchronize() override;
  void pushRange(const std::string& name) override;
  void popRange() override;
  void setKinds(const std::vector<std::string>& kinds) override;
  std::vector<uint8_t> takePackets() override;

 private:
  struct OpenRange {
    HostNs start;
    uint32_t name = 0;
  };
  struct NamedAllocation {
    size_t bytes = 0;
    uint32_t name = 0;
  };
  // Writes an api row when it goes out of scope; its correlation joins the row with the work that the call started.
  class ApiCall;

  void writeStateRows(const CpuDeviceOptions& options);
  void launch(const char* callName, const kernels::Launch& launch, BlockRange run, uint32_t stream);
  void copy(const char* callName, float* target, const float* source, size_t count, uint32_t stream);
  void writeMemory(wire::MemoryOperation operation, const void* address, const NamedAllocation& allocation,
                   uint32_t correlation);
  void writeRange(const OpenRange& range, double durationNs, size_t depth);

  DeviceFacts facts_;
  RowRecorder recorder_;
  uint32_t lastCorrelation_ = 0;
  uint32_t streamCount_ = 0;
  std::map<const void*, NamedAllocation> allocations_;
  size_t usedBytes_ = 0;
  std::vector<OpenRange> openRanges_;
  // Last, so that its threads end before anything that they write into.
  BlockScheduler scheduler_;
};

}  // namespace hka::addon
