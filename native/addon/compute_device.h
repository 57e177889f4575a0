// What JavaScript can ask of a device: the CPU device and the CUDA device answer alike. Called from one thread, Node's own.
// Everything that can go wrong throws DeviceError, whose sentence the binding turns into a JavaScript Error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "addon/compiled_call.h"
#include "addon/device_costs.h"
#include "addon/host_blocks.h"
#include "addon/work.h"

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
  uint32_t computeMajor = 0;  // 0.0 for a CPU
  uint32_t computeMinor = 0;
  uint32_t cacheBytes = 0;  // of the last cache in front of memory; 0 when the system does not say
  uint32_t coreClockKhz = 0;
  uint32_t sharedBytesMax = 0;  // that one block can have at most; 0 for a CPU
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
  virtual void upload(void* target, const void* source, size_t bytes, uint32_t stream) = 0;
  virtual void download(void* target, const void* source, size_t bytes, uint32_t stream) = 0;
  // The same where the bytes of the host lie in the device's own host memory: an upload goes without a copy between, and a fetch only
  // queues behind what the stream has and returns.
  virtual void uploadDirect(void* target, const void* source, size_t bytes, uint32_t stream) = 0;
  virtual void fetch(void* target, const void* source, size_t bytes, uint32_t stream) = 0;
  [[nodiscard]] virtual BlockMaker blockMaker() const = 0;
  // Lets copies of up to `bytes` on the stream go through page-locked memory, whose uploads do not wait for the device; 0 gives that back.
  // A CPU's memory needs none.
  virtual void pinCopies(uint32_t stream, size_t bytes) = 0;
  // Launches return at once; synchronize() waits for all streams.
  virtual void launch(const Work& work, uint32_t stream) = 0;
  // Nanoseconds of one launch of the work, once a sample, by the device's own clock. Waits until all are done.
  virtual std::vector<double> measure(const Work& work, const MeasurePlan& plan, uint32_t stream) = 0;
  // Nanoseconds of one copy, one launch, or one allocation with its release, once a sample; device_costs.h says of what.
  virtual std::vector<double> measureCopy(const CopyPlan& plan) = 0;
  virtual std::vector<double> measureLaunch(const LaunchPlan& plan) = 0;
  virtual std::vector<double> measureAllocation(const AllocationPlan& plan) = 0;
  // Compiles CUDA C++ for this device and keeps what came of it; a CPU throws.
  virtual CompiledFacts compile(const CompileOrder& order) = 0;
  // One launch of a kernel that compile() kept.
  virtual Work compiledWork(const CompiledCall& call) = 0;
  // Takes the device's hardware counters until it is closed; what cannot be had is among the answer.
  virtual CounterFacts openCounters(const std::vector<std::string>& metrics) = 0;
  // The metrics of openCounters for the first kernel of the work, NaN for those that are not there.
  virtual std::vector<double> measureCounters(const Work& work, uint32_t stream) = 0;
  // Between the two, launches on the stream are written down and not run; they become a graph, whose id counts from 1. Addresses and
  // sizes are those of the capture.
  virtual void captureBegin(uint32_t stream) = 0;
  virtual uint32_t captureEnd(uint32_t stream) = 0;
  // Runs all of a graph's launches in their order, behind what the stream has; returns at once.
  virtual void launchGraph(uint32_t graph, uint32_t stream) = 0;
  // Waits for all work first.
  virtual void releaseGraph(uint32_t graph) = 0;
  // What waits for all that the stream has now, for a thread other than Node's to call. The device must outlive it.
  virtual std::function<void()> waiterOf(uint32_t stream) = 0;
  virtual void synchronize() = 0;
  virtual void pushRange(const std::string& name) = 0;
  virtual void popRange() = 0;
  // What is asked of the device between the two belongs to this batch, 1 or more: rows of the table `external` say so.
  virtual void pushBatch(uint64_t batch) = 0;
  virtual void popBatch() = 0;
  // Which of kernel, memcpy, memory, api, nvtx and sync to record; other names are passed over, as they name nothing here.
  virtual void setKinds(const std::vector<std::string>& kinds) = 0;
  // Whole packets of the rows recorded since the last call.
  virtual std::vector<uint8_t> takePackets() = 0;
};

}  // namespace hka::addon
