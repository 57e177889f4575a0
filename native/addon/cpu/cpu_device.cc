#include "addon/cpu/cpu_device.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "addon/cpu/cpu_api_call.h"
#include "addon/cpu/cpu_facts.h"

namespace hka::addon {
namespace {

constexpr uint32_t kDevice = 0;
constexpr uint32_t kContext = 1;
constexpr uint32_t kNoStream = 0xffffffff;
constexpr size_t kAlignmentBytes = 256;  // of cudaMalloc

std::string executablePath() {
  char path[4096];
  const ssize_t byteCount = readlink("/proc/self/exe", path, sizeof(path));
  return byteCount < 0 ? "" : std::string(path, static_cast<size_t>(byteCount));
}

std::string commandLine() {
  std::string words = readText("/proc/self/cmdline");  // words end with a zero byte
  if (!words.empty()) words.pop_back();
  std::replace(words.begin(), words.end(), '\0', ' ');
  return words;
}

}  // namespace

CpuDevice::CpuDevice(const CpuDeviceOptions& options)
    : recorder_(options.epoch, options.sourceId), scheduler_(options.threadCount) {
  writeStateRows(options);
  createStream();
}

CpuDevice::~CpuDevice() {
  scheduler_.waitAll();
  for (const auto& [address, allocation] : allocations_) std::free(const_cast<void*>(address));
}

void CpuDevice::writeStateRows(const CpuDeviceOptions& options) {
  const CpuFacts cpu = readCpuFacts();
  facts_.kind = "cpu";
  facts_.name = cpu.name;
  facts_.smCount = options.threadCount;
  facts_.memoryBytes = cpu.memoryBytes;
  facts_.cacheBytes = cpu.cacheBytes;
  facts_.coreClockKhz = cpu.coreClockKhz;
  const double nowNs = recorder_.sessionNs(hostNow());
  const std::string executable = executablePath();
  const std::string arguments = commandLine();
  wire::ProcessRow process;
  process.timeNs = nowNs;
  process.event = static_cast<uint8_t>(wire::ProcessEvent::kStarted);
  process.pid = static_cast<uint32_t>(getpid());
  process.parentPid = static_cast<uint32_t>(getppid());
  process.exitCode = -1;
  process.executable = executable;
  process.arguments = arguments;
  recorder_.writeState(process);
  std::string threadName = readText("/proc/thread-self/comm");
  if (!threadName.empty()) threadName.pop_back();
  recorder_.writeState(wire::ThreadRow{nowNs, threadId(), threadName});
  wire::DeviceRow device;
  device.timeNs = nowNs;
  device.device = kDevice;
  device.kind = static_cast<uint8_t>(wire::DeviceKind::kCpu);
  device.smCount = options.threadCount;
  device.coreClockKhz = cpu.coreClockKhz;
  device.memoryBytes = cpu.memoryBytes;
  device.name = facts_.name;
  recorder_.writeState(device);
  recorder_.writeState(wire::ContextRow{nowNs, kContext, kDevice});
}

uint32_t CpuDevice::createStream() {
  const uint32_t stream = scheduler_.addStream();
  wire::StreamRow row;
  row.timeNs = recorder_.sessionNs(hostNow());
  row.context = kContext;
  row.stream = stream;
  row.isDefault = stream == 0 ? 1 : 0;
  recorder_.writeState(row);
  return stream;
}

void* CpuDevice::allocate(size_t bytes, const std::string& name) {
  const ApiCall call(*this, "cpuMalloc");
  // Linux promises more than it has; a promise beyond the machine's memory would end in the process being killed.
  if (static_cast<double>(usedBytes_) + static_cast<double>(bytes) > facts_.memoryBytes) {
    throw DeviceError("alloc: " + std::to_string(bytes) + " bytes more do not fit into the memory of this machine.");
  }
  void* address = std::aligned_alloc(kAlignmentBytes, (bytes + kAlignmentBytes - 1) / kAlignmentBytes * kAlignmentBytes);
  if (address == nullptr) throw DeviceError("alloc: the system has no " + std::to_string(bytes) + " bytes to give.");
  const NamedAllocation allocation{bytes, recorder_.stringId(name)};
  allocations_[address] = allocation;
  usedBytes_ += bytes;
  writeMemory(wire::MemoryOperation::kAllocate, address, allocation, call.correlation());
  return address;
}

void CpuDevice::release(void* address) {
  const ApiCall call(*this, "cpuFree");
  scheduler_.waitAll();  // as cudaFree does: what is queued may still use the memory
  const NamedAllocation allocation = allocations_.at(address);
  writeMemory(wire::MemoryOperation::kFree, address, allocation, call.correlation());
  allocations_.erase(address);
  usedBytes_ -= allocation.bytes;
  std::free(address);
}

void CpuDevice::writeMemory(wire::MemoryOperation operation, const void* address, const NamedAllocation& allocation,
                            uint32_t correlation) {
  if (!recorder_.isOn(kTraceMemory)) return;
  wire::MemoryRow row;
  row.timeNs = recorder_.sessionNs(hostNow());
  row.address = static_cast<double>(reinterpret_cast<uintptr_t>(address));
  row.bytes = static_cast<double>(allocation.bytes);
  row.device = kDevice;
  row.context = kContext;
  row.stream = kNoStream;
  row.correlation = correlation;
  row.library = allocation.name;
  row.operation = static_cast<uint8_t>(operation);
  row.kind = static_cast<uint8_t>(wire::MemoryKind::kPageable);
  recorder_.writeEvent(row);
}

void CpuDevice::upload(void* target, const void* source, size_t bytes, uint32_t stream) {
  copy("cpuMemcpyIn", target, source, bytes, stream);
}

void CpuDevice::download(void* target, const void* source, size_t bytes, uint32_t stream) {
  copy("cpuMemcpyOut", target, source, bytes, stream);
}

void CpuDevice::fetch(void* target, const void* source, size_t bytes, uint32_t stream) {
  queueCopy("cpuMemcpyOutAsync", target, source, bytes, stream);
}

BlockMaker CpuDevice::blockMaker() const {
  const auto allocate = [](size_t bytes) {
    void* address = std::aligned_alloc(kAlignmentBytes, (bytes + kAlignmentBytes - 1) / kAlignmentBytes * kAlignmentBytes);
    if (address == nullptr) throw DeviceError("reserveHost: the system has no " + std::to_string(bytes) + " bytes to give.");
    return address;
  };
  return {allocate, [](void* address) { std::free(address); }};
}

void CpuDevice::copy(const char* callName, void* target, const void* source, size_t bytes, uint32_t stream) {
  queueCopy(callName, target, source, bytes, stream);
  scheduler_.waitStream(stream);
}

void CpuDevice::queueCopy(const char* callName, void* target, const void* source, size_t bytes, uint32_t stream) {
  checkNotCapturing(callName, stream);
  const ApiCall call(*this, callName);
  const uint32_t correlation = call.correlation();
  const auto run = [target, source, bytes](uint64_t, uint64_t) { std::memcpy(target, source, bytes); };
  const auto onDone = [this, bytes, stream, correlation](HostNs start, HostNs end) {
    if (!recorder_.isOn(kTraceMemcpy)) return;
    wire::MemcpyRow row;
    row.startNs = recorder_.sessionNs(start);
    row.durationNs = durationNs(start, end);
    row.bytes = static_cast<double>(bytes);
    row.device = kDevice;
    row.context = kContext;
    row.stream = stream;
    row.correlation = correlation;
    row.peerDevice = kDevice;
    row.direction = static_cast<uint8_t>(wire::CopyDirection::kHostToHost);
    row.sourceKind = static_cast<uint8_t>(wire::MemoryKind::kPageable);
    row.targetKind = static_cast<uint8_t>(wire::MemoryKind::kPageable);
    recorder_.writeEvent(row);
  };
  scheduler_.submit(stream, {run, 1, onDone});
}

void CpuDevice::launch(const Work& work, uint32_t stream) {
  if (capture_ && capture_->stream == stream) {
    for (const Stage& stage : work.stages) capture_->stages.push_back(stage);
    return;
  }
  for (const Stage& stage : work.stages) launchStage(stage, stream, {});
}

void CpuDevice::launchStage(const Stage& stage, uint32_t stream, const std::function<void(HostNs, HostNs)>& onTimed) {
  checkNotCapturing("measure", stream);
  if (!stage.twin) throw DeviceError(stage.launch.name + " runs on a CUDA device only.");
  const ApiCall call(*this, "cpuLaunchKernel");
  submitStage(stage, stream, call.correlation(), onTimed);
}

void CpuDevice::submitStage(const Stage& stage, uint32_t stream, uint32_t correlation, const std::function<void(HostNs, HostNs)>& onTimed) {
  const kernels::Launch& launch = stage.launch;
  const uint32_t name = recorder_.stringId(launch.name);
  const auto onDone = [this, launch, name, stream, correlation, onTimed](HostNs start, HostNs end) {
    if (onTimed) onTimed(start, end);
    if (!recorder_.isOn(kTraceKernel)) return;
    wire::KernelRow row;
    row.startNs = recorder_.sessionNs(start);
    row.durationNs = durationNs(start, end);
    row.queuedNs = -1;
    row.submittedNs = -1;
    row.name = name;
    row.device = kDevice;
    row.context = kContext;
    row.stream = stream;
    row.correlation = correlation;
    row.gridX = launch.grid.x;
    row.gridY = launch.grid.y;
    row.gridZ = launch.grid.z;
    row.blockX = launch.block.x;
    row.blockY = launch.block.y;
    row.blockZ = launch.block.z;
    row.staticSharedBytes = launch.staticSharedBytes;
    row.dynamicSharedBytes = launch.dynamicSharedBytes;
    recorder_.writeEvent(row);
  };
  scheduler_.submit(stream, {stage.twin, blockCountOf(launch), onDone});
}

// Reading a buffer of twice the caches pushes out what they held. Without a size from the system, 64 MiB passes most of them.
void CpuDevice::sweepCaches() {
  constexpr size_t kSweepBytesDefault = 64 << 20;
  if (sweep_.empty()) sweep_.assign(facts_.cacheBytes > 0 ? size_t{facts_.cacheBytes} * 2 : kSweepBytesDefault, 1);
  volatile uint8_t sink = 0;
  for (size_t index = 0; index < sweep_.size(); index += 64) sink = static_cast<uint8_t>(sink + sweep_[index]++);
}

std::vector<double> CpuDevice::measure(const Work& work, const MeasurePlan& plan, uint32_t stream) {
  std::vector<double> samplesNs;
  for (uint32_t sample = 0; sample < plan.sampleCount; ++sample) {
    if (plan.isCold) sweepCaches();
    // Written by device threads, one grid after the other on one stream; read when the stream is done.
    HostNs first;
    HostNs last;
    const auto onTimed = [&first, &last](HostNs start, HostNs end) {
      if (first.value == 0) first = start;
      last = end;
    };
    for (uint32_t launch = 0; launch < plan.launchesPerSample; ++launch) {
      for (const Stage& stage : work.stages) launchStage(stage, stream, onTimed);
    }
    scheduler_.waitStream(stream);
    samplesNs.push_back(durationNs(first, last) / plan.launchesPerSample);
  }
  return samplesNs;
}

void CpuDevice::synchronize() {
  const ApiCall call(*this, "cpuDeviceSynchronize");
  scheduler_.waitAll();
  if (!recorder_.isOn(kTraceSync)) return;
  wire::SyncRow row;
  row.startNs = recorder_.sessionNs(call.start());
  row.durationNs = durationNs(call.start(), hostNow());
  row.context = kContext;
  row.stream = kNoStream;
  row.correlation = call.correlation();
  row.kind = static_cast<uint8_t>(wire::SyncKind::kContext);
  recorder_.writeEvent(row);
}

void CpuDevice::pushRange(const std::string& name) {
  if (openRanges_.size() >= 0xffff) throw DeviceError("pushRange: 65535 ranges are open already.");  // depth is 16 bits wide
  openRanges_.push_back({hostNow(), recorder_.stringId(name)});
}

void CpuDevice::popRange() {
  if (openRanges_.empty()) throw DeviceError("popRange: no range is open.");
  const OpenRange range = openRanges_.back();
  openRanges_.pop_back();
  writeRange(range, durationNs(range.start, hostNow()), openRanges_.size());
}

void CpuDevice::pushBatch(uint64_t batch) {
  if (openBatches_.size() >= 64) throw DeviceError("pushBatch: 64 batches are open already.");
  openBatches_.push_back(batch);
}

void CpuDevice::popBatch() {
  if (openBatches_.empty()) throw DeviceError("popBatch: no batch is open.");
  openBatches_.pop_back();
}

void CpuDevice::writeRange(const OpenRange& range, double rangeDurationNs, size_t depth) {
  if (!recorder_.isOn(kTraceRange)) return;
  wire::RangeRow row;
  row.startNs = recorder_.sessionNs(range.start);
  row.durationNs = rangeDurationNs;
  row.name = range.name;
  row.domain = recorder_.stringId("HookAnalyzer");
  row.thread = threadId();
  row.endThread = row.thread;
  row.depth = static_cast<uint16_t>(depth);
  row.kind = static_cast<uint8_t>(wire::RangeKind::kPushPop);
  recorder_.writeEvent(row);
}

void CpuDevice::setKinds(const std::vector<std::string>& kinds) {
  static constexpr struct {
    const char* name;
    TraceKind kind;
  } kNames[] = {{"kernel", kTraceKernel}, {"memcpy", kTraceMemcpy}, {"memory", kTraceMemory},
                {"api", kTraceApi},       {"nvtx", kTraceRange},    {"sync", kTraceSync}};
  uint32_t bits = 0;
  for (const std::string& kind : kinds) {
    for (const auto& each : kNames) bits |= kind == each.name ? static_cast<uint32_t>(each.kind) : 0;
  }
  recorder_.setKinds(bits);
}

std::vector<uint8_t> CpuDevice::takePackets() { return recorder_.take(); }

}  // namespace hka::addon
