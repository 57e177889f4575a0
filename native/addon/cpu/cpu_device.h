// The CPU device: runs the twins of the CUDA kernels on a few threads and writes the same rows that the collector writes for a GPU.
// Launches only queue, as on a GPU, so that its timeline has launches, queues and streams that overlap.
//
//   Node's thread   api rows, memory rows, ranges ──┐
//   device threads  kernel rows, memcpy rows ───────┴──▶ RowRecorder ──takePackets()──▶ runner ──▶ probe
#pragma once

#include <map>
#include <memory>
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
  void upload(void* target, const void* source, size_t bytes, uint32_t stream) override;
  void download(void* target, const void* source, size_t bytes, uint32_t stream) override;
  void uploadDirect(void* target, const void* source, size_t bytes, uint32_t stream) override { upload(target, source, bytes, stream); }
  void fetch(void* target, const void* source, size_t bytes, uint32_t stream) override;
  [[nodiscard]] BlockMaker blockMaker() const override;
  void pinCopies(uint32_t, size_t) override {}
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
  // What was launched on a stream while it was captured.
  struct Graph {
    uint32_t stream = 0;
    std::vector<Stage> stages;
  };
  // Writes an api row when it goes out of scope; its correlation joins the row with the work that the call started.
  class ApiCall;

  void writeStateRows(const CpuDeviceOptions& options);
  // `onTimed` may be empty; it is called on a device thread when the grid is done.
  void launchStage(const Stage& stage, uint32_t stream, const std::function<void(HostNs start, HostNs end)>& onTimed);
  // Queues the grid as part of the call of that correlation.
  void submitStage(const Stage& stage, uint32_t stream, uint32_t correlation, const std::function<void(HostNs start, HostNs end)>& onTimed);
  // Throws when the stream is being captured, where nothing can be run.
  void checkNotCapturing(const char* callName, uint32_t stream) const;
  void copy(const char* callName, void* target, const void* source, size_t bytes, uint32_t stream);
  // The same without waiting for it.
  void queueCopy(const char* callName, void* target, const void* source, size_t bytes, uint32_t stream);
  void sweepCaches();
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
  std::vector<uint64_t> openBatches_;  // the last one has the calls
  std::unique_ptr<Graph> capture_;  // empty unless a stream is being captured
  std::map<uint32_t, Graph> graphs_;
  uint32_t lastGraph_ = 0;
  std::vector<uint8_t> sweep_;  // larger than the caches; empty until something is measured cold
  // Last, so that its threads end before anything that they write into.
  BlockScheduler scheduler_;
};

}  // namespace hka::addon
