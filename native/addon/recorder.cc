#include "recorder.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace hka {
namespace {

constexpr uint32_t kDevice = 0;
constexpr uint32_t kContext = 1;
constexpr uint32_t kStreamCount = 2;
constexpr uint32_t kNoStream = 0xffffffff;
constexpr int64_t kNsPerSec = 1000000000;

std::string readFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The value behind the first "key : value" line.
std::string fieldOf(const std::string& text, const std::string& key) {
  const size_t at = text.find(key);
  if (at == std::string::npos) return "";
  const size_t colon = text.find(':', at);
  const size_t begin = text.find_first_not_of(" \t", colon + 1);
  return text.substr(begin, text.find('\n', begin) - begin);
}

std::string processorName() {
  const std::string text = readFile("/proc/cpuinfo");
  const std::string name = fieldOf(text, "model name");
  if (!name.empty()) return name;
  const std::string board = readFile("/proc/device-tree/model");
  return board.empty() ? "CPU" : std::string(board.c_str());
}

std::string commandLine() {
  std::string text = readFile("/proc/self/cmdline");
  while (!text.empty() && text.back() == '\0') text.pop_back();
  for (char& each : text) {
    if (each == '\0') each = ' ';
  }
  return text;
}

std::string executable() {
  char path[4096];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof(path));
  return length > 0 ? std::string(path, static_cast<size_t>(length)) : "";
}

uint32_t threadId() { return static_cast<uint32_t>(syscall(SYS_gettid)); }

double numberOf(const std::string& text) { return text.empty() ? 0 : std::strtod(text.c_str(), nullptr); }

}  // namespace

double Recorder::nowNs() const {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec * kNsPerSec + now.tv_nsec - epochNs_);
}

template <class Row>
void Recorder::add(wire::PacketWriter<Row>& writer, const Row& row) {
  if (writer.append(row)) return;
  writer.take(sourceId_, events_);
  (void)writer.append(row);  // an empty writer takes any row
}

void Recorder::describe(uint32_t threadCount) {
  const double timeNs = nowNs();
  const std::string path = executable();
  const std::string words = commandLine();
  wire::PacketWriter<wire::ProcessRow> processes{1};
  (void)processes.append({timeNs, static_cast<uint8_t>(wire::ProcessEvent::kStarted), static_cast<uint32_t>(getpid()),
                          static_cast<uint32_t>(getppid()), -1, path, words});
  processes.take(sourceId_, state_);

  const std::string name = processorName();
  wire::DeviceRow device;
  device.timeNs = timeNs;
  device.device = kDevice;
  device.kind = static_cast<uint8_t>(wire::DeviceKind::kCpu);
  device.smCount = threadCount;
  device.coreClockKhz = static_cast<uint32_t>(numberOf(readFile("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq")));
  device.memoryBytes = numberOf(fieldOf(readFile("/proc/meminfo"), "MemTotal")) * 1024;
  device.name = name;
  wire::PacketWriter<wire::DeviceRow> devices{1};
  (void)devices.append(device);
  devices.take(sourceId_, state_);

  wire::PacketWriter<wire::ContextRow> contexts{1};
  (void)contexts.append({timeNs, kContext, kDevice});
  contexts.take(sourceId_, state_);
  wire::PacketWriter<wire::StreamRow> streams{kStreamCount};
  for (uint32_t stream = 0; stream < kStreamCount; ++stream) {
    (void)streams.append({timeNs, kContext, stream, 0, static_cast<uint8_t>(stream == 0)});
  }
  streams.take(sourceId_, state_);
  wire::PacketWriter<wire::ThreadRow> threads{1};
  (void)threads.append({timeNs, threadId(), "runner"});
  threads.take(sourceId_, state_);
}

uint32_t Recorder::stringId(const std::string& text) {
  const auto [entry, isNew] = strings_.try_emplace(text, static_cast<uint32_t>(strings_.size() + 1));
  if (!isNew) return entry->second;
  const wire::StringRow row{entry->second, text};
  if (!stringRows_.append(row)) {
    stringRows_.take(sourceId_, state_);
    (void)stringRows_.append(row);
  }
  return entry->second;
}

uint32_t Recorder::apiCall(const char* name, double startNs, double endNs) {
  const uint32_t correlation = ++correlation_;
  if (!kinds_.api) return correlation;
  wire::ApiRow row;
  row.startNs = startNs;
  row.durationNs = endNs - startNs;
  row.name = stringId(name);
  row.thread = threadId();
  row.correlation = correlation;
  row.domain = static_cast<uint8_t>(wire::ApiDomain::kRuntime);
  add(apiRows_, row);
  return correlation;
}

void Recorder::kernel(const char* name, uint32_t stream, const Launch& launch, double startNs, double endNs) {
  const uint32_t correlation = apiCall("cpuLaunchKernel", startNs, nowNs());
  if (!kinds_.kernel) return;
  wire::KernelRow row;
  row.startNs = startNs;
  row.durationNs = endNs - startNs;
  row.queuedNs = -1;
  row.submittedNs = -1;
  row.name = stringId(name);
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
  add(kernelRows_, row);
}

void Recorder::copy(uint32_t stream, size_t byteCount, double startNs, double endNs) {
  const uint32_t correlation = apiCall("cpuMemcpy", startNs, nowNs());
  if (!kinds_.memcpy) return;
  wire::MemcpyRow row;
  row.startNs = startNs;
  row.durationNs = endNs - startNs;
  row.bytes = static_cast<double>(byteCount);
  row.device = kDevice;
  row.peerDevice = kDevice;
  row.context = kContext;
  row.stream = stream;
  row.correlation = correlation;
  row.direction = static_cast<uint8_t>(wire::CopyDirection::kHostToHost);
  row.sourceKind = static_cast<uint8_t>(wire::MemoryKind::kPageable);
  row.targetKind = static_cast<uint8_t>(wire::MemoryKind::kPageable);
  add(memcpyRows_, row);
}

void Recorder::allocation(const void* address, size_t byteCount, bool isFree) {
  const double timeNs = nowNs();
  const uint32_t correlation = apiCall(isFree ? "cpuFree" : "cpuMalloc", timeNs, timeNs);
  if (!kinds_.memory) return;
  wire::MemoryRow row;
  row.timeNs = timeNs;
  row.address = static_cast<double>(reinterpret_cast<uintptr_t>(address));
  row.bytes = static_cast<double>(byteCount);
  row.device = kDevice;
  row.context = kContext;
  row.stream = kNoStream;
  row.correlation = correlation;
  row.operation = static_cast<uint8_t>(isFree ? wire::MemoryOperation::kFree : wire::MemoryOperation::kAllocate);
  row.kind = static_cast<uint8_t>(wire::MemoryKind::kPageable);
  add(memoryRows_, row);
}

void Recorder::pushRange(const std::string& name) { openRanges_.push_back({nowNs(), stringId(name)}); }

bool Recorder::popRange() {
  if (openRanges_.empty()) return false;
  const OpenRange open = openRanges_.back();
  openRanges_.pop_back();
  if (!kinds_.nvtx) return true;
  wire::RangeRow row;
  row.startNs = open.startNs;
  row.durationNs = nowNs() - open.startNs;
  row.name = open.name;
  row.thread = threadId();
  row.endThread = row.thread;
  row.depth = static_cast<uint16_t>(openRanges_.size());
  row.kind = static_cast<uint8_t>(wire::RangeKind::kPushPop);
  add(rangeRows_, row);
  return true;
}

std::vector<uint8_t> Recorder::take() {
  stringRows_.take(sourceId_, state_);
  kernelRows_.take(sourceId_, events_);
  memcpyRows_.take(sourceId_, events_);
  memoryRows_.take(sourceId_, events_);
  apiRows_.take(sourceId_, events_);
  rangeRows_.take(sourceId_, events_);
  std::vector<uint8_t> packets;
  packets.swap(state_);
  packets.insert(packets.end(), events_.begin(), events_.end());
  events_.clear();
  return packets;
}

}  // namespace hka
