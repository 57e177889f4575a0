// The CUDA device: ordinary CUDA and NVTX calls, which the injected collector records like those of any program. Writes no rows itself.
// Built only where nvcc is found.
#pragma once

#include <cuda_runtime_api.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "addon/compute_device.h"

namespace hka::addon {

class CompiledKernel;
class CounterSession;
class PinnedCopies;

class CudaDevice final : public ComputeDevice {
 public:
  // Throws DeviceError when the driver has no such device.
  explicit CudaDevice(int index);
  ~CudaDevice() override;
  CudaDevice(const CudaDevice&) = delete;
  CudaDevice& operator=(const CudaDevice&) = delete;

  [[nodiscard]] const DeviceFacts& facts() const override { return facts_; }
  uint32_t createStream() override;
  void* allocate(size_t bytes, const std::string& name) override;
  void release(void* address) override;
  void upload(void* target, const void* source, size_t bytes, uint32_t stream) override;
  void download(void* target, const void* source, size_t bytes, uint32_t stream) override;
  void uploadDirect(void* target, const void* source, size_t bytes, uint32_t stream) override;
  void fetch(void* target, const void* source, size_t bytes, uint32_t stream) override;
  [[nodiscard]] BlockMaker blockMaker() const override;
  void pinCopies(uint32_t stream, size_t bytes) override;
  void launch(const Work& work, uint32_t stream) override;
  std::vector<double> measure(const Work& work, const MeasurePlan& plan, uint32_t stream) override;
  std::vector<double> measureCopy(const CopyPlan& plan) override;
  std::vector<double> measureLaunch(const LaunchPlan& plan) override;
  std::vector<double> measureAllocation(const AllocationPlan& plan) override;
  CompiledFacts compile(const CompileOrder& order) override;
  Work compiledWork(const CompiledCall& call) override;
  CounterFacts openCounters(const std::vector<std::string>& metrics) override;
  std::vector<double> measureCounters(const Work& work, uint32_t stream) override;
  void captureBegin(uint32_t stream) override;
  uint32_t captureEnd(uint32_t stream) override;
  void launchGraph(uint32_t graph, uint32_t stream) override;
  void releaseGraph(uint32_t graph) override;
  std::function<void()> waiterOf(uint32_t stream) override;
  void synchronize() override;
  void pushRange(const std::string& name) override;
  void popRange() override;
  void pushBatch(uint64_t batch) override;
  void popBatch() override;
  void setKinds(const std::vector<std::string>&) override {}
  std::vector<uint8_t> takePackets() override { return {}; }

 private:
  void select() const;
  PinnedCopies* pinnedFor(uint32_t stream, size_t bytes) const;
  void copy(const char* callName, void* target, const void* source, size_t bytes, cudaMemcpyKind kind, uint32_t stream);

  int index_;
  DeviceFacts facts_;
  std::vector<cudaStream_t> streams_;  // [0] is CUDA's default stream
  std::vector<void*> allocations_;
  std::vector<std::unique_ptr<CompiledKernel>> compiled_;  // id - 1 is the index
  std::unique_ptr<CounterSession> counters_;
  cudaStream_t measuring_ = nullptr;  // nullptr until something is measured
  void* sweep_ = nullptr;  // larger than the L2 cache; nullptr until something is measured cold
  size_t openRangeCount_ = 0;
  size_t openBatchCount_ = 0;
  std::map<uint32_t, std::unique_ptr<PinnedCopies>> pinned_;  // by stream
  std::map<uint32_t, cudaGraphExec_t> graphs_;
  uint32_t lastGraph_ = 0;
};

}  // namespace hka::addon
