#include "decoder.h"

#include <algorithm>
#include <cstdio>
#include <string>

#include "api_filter.h"
#include "environment.h"

namespace hka {

namespace {

using cupti::field;

constexpr uint32_t kAsyncFlag = 1;  // CUPTI_ACTIVITY_FLAG_MEMCPY_ASYNC, CUPTI_ACTIVITY_FLAG_MEMSET_ASYNC
constexpr uint32_t kObjectThread = 2;  // CUPTI_ACTIVITY_OBJECT_THREAD

// CUpti_ActivityOverheadKind.
const char* overheadWords(uint32_t kind) {
  switch (kind) {
    case 1: return "CUPTI: driver compiler";
    case 1 << 16: return "CUPTI: buffer flush";
    case 2 << 16: return "CUPTI: instrumentation";
    case 3 << 16: return "CUPTI: resource";
    case 4 << 16: return "CUPTI: module loading by the runtime";
    case 5 << 16: return "CUPTI: lazy function loading";
    case 6 << 16: return "CUPTI: command buffer full";
    case 7 << 16: return "CUPTI: buffer request";
    case 8 << 16: return "CUPTI: unified memory start";
    default: return "CUPTI: other";
  }
}

// start = end = 0 means that the time could not be taken.
double durationOf(uint64_t startNs, uint64_t endNs) {
  return startNs == 0 || endNs < startNs ? -1.0 : static_cast<double>(endNs - startNs);
}

}  // namespace

size_t Decoder::decode(uint8_t* buffer, size_t validBytes) {
  size_t count = 0;
  void* record = nullptr;
  while (library_.getNextRecord(buffer, validBytes, &record) == cupti::kSuccess) {
    decodeRecord(field<uint32_t>(record, 0), record);
    ++count;
  }
  return count;
}

void Decoder::decodeRecord(uint32_t kind, const void* record) {
  switch (kind) {
    case cupti::kConcurrentKernel: return kernel(record);
    case cupti::kMemcpy: return copy(record, false);
    case cupti::kMemcpyPeer: return copy(record, true);
    case cupti::kMemset: return fill(record);
    case cupti::kMemory2: return memory(record);
    case cupti::kRuntime: return call(record, cupti::kDomainRuntime);
    case cupti::kDriver: return call(record, cupti::kDomainDriver);
    case cupti::kSynchronization: return wait(record);
    case cupti::kExternalCorrelation: return batchOfCall(record);
    case cupti::kOverhead: return overhead(record);
    case cupti::kDevice: return device(record);
    case cupti::kContext: return context(record);
    case cupti::kStream: return stream(record);
    default: return;  // a kind that was not asked for
  }
}

void Decoder::kernel(const void* record) {
  namespace at_ = cupti::kernel;
  const auto startNs = field<uint64_t>(record, at_::kStart);
  const auto queuedNs = field<uint64_t>(record, at_::kQueued);
  const auto submittedNs = field<uint64_t>(record, at_::kSubmitted);
  wire::KernelRow row;
  row.startNs = at(startNs);
  row.durationNs = durationOf(startNs, field<uint64_t>(record, at_::kEnd));
  row.queuedNs = queuedNs == 0 ? -1 : at(queuedNs);
  row.submittedNs = submittedNs == 0 ? -1 : at(submittedNs);
  row.graphNode = static_cast<double>(field<uint64_t>(record, at_::kGraphNode));
  row.name = rows_.namePointerId(field<const char*>(record, at_::kName));
  row.device = field<uint32_t>(record, at_::kDeviceId);
  row.context = field<uint32_t>(record, at_::kContextId);
  row.stream = field<uint32_t>(record, at_::kStreamId);
  row.correlation = field<uint32_t>(record, at_::kCorrelation);
  row.gridX = field<uint32_t>(record, at_::kGrid);
  row.gridY = field<uint32_t>(record, at_::kGrid + 4);
  row.gridZ = field<uint32_t>(record, at_::kGrid + 8);
  row.blockX = field<uint32_t>(record, at_::kBlock);
  row.blockY = field<uint32_t>(record, at_::kBlock + 4);
  row.blockZ = field<uint32_t>(record, at_::kBlock + 8);
  row.staticSharedBytes = field<uint32_t>(record, at_::kStaticShared);
  row.dynamicSharedBytes = field<uint32_t>(record, at_::kDynamicShared);
  row.localBytes = field<uint32_t>(record, at_::kLocalPerThread);
  row.registers = field<uint16_t>(record, at_::kRegisters);
  rows_.add(row);
}

void Decoder::copy(const void* record, bool isPeer) {
  namespace at_ = cupti::copy;
  const auto startNs = field<uint64_t>(record, at_::kStart);
  wire::MemcpyRow row;
  row.startNs = at(startNs);
  row.durationNs = durationOf(startNs, field<uint64_t>(record, at_::kEnd));
  row.bytes = static_cast<double>(field<uint64_t>(record, at_::kBytes));
  row.graphNode = static_cast<double>(field<uint64_t>(record, isPeer ? cupti::peer::kGraphNode : at_::kGraphNode));
  row.device = field<uint32_t>(record, at_::kDeviceId);
  row.context = field<uint32_t>(record, at_::kContextId);
  row.stream = field<uint32_t>(record, at_::kStreamId);
  row.correlation = field<uint32_t>(record, isPeer ? cupti::peer::kCorrelation : at_::kCorrelation);
  row.peerDevice = isPeer ? field<uint32_t>(record, cupti::peer::kTargetDevice) : row.device;
  row.direction = field<uint8_t>(record, at_::kCopyKind);
  row.sourceKind = field<uint8_t>(record, at_::kSourceKind);
  row.targetKind = field<uint8_t>(record, at_::kTargetKind);
  row.isAsync = field<uint8_t>(record, at_::kFlags) & kAsyncFlag;
  rows_.add(row);
}

void Decoder::fill(const void* record) {
  namespace at_ = cupti::fill;
  const auto startNs = field<uint64_t>(record, at_::kStart);
  wire::MemsetRow row;
  row.startNs = at(startNs);
  row.durationNs = durationOf(startNs, field<uint64_t>(record, at_::kEnd));
  row.bytes = static_cast<double>(field<uint64_t>(record, at_::kBytes));
  row.graphNode = static_cast<double>(field<uint64_t>(record, at_::kGraphNode));
  row.value = field<uint32_t>(record, at_::kValue);
  row.device = field<uint32_t>(record, at_::kDeviceId);
  row.context = field<uint32_t>(record, at_::kContextId);
  row.stream = field<uint32_t>(record, at_::kStreamId);
  row.correlation = field<uint32_t>(record, at_::kCorrelation);
  row.kind = static_cast<uint8_t>(field<uint16_t>(record, at_::kMemoryKind));
  row.isAsync = static_cast<uint8_t>(field<uint16_t>(record, at_::kFlags) & kAsyncFlag);
  rows_.add(row);
}

void Decoder::memory(const void* record) {
  namespace at_ = cupti::memory;
  const bool isPool = field<uint32_t>(record, at_::kPoolType) != 0;
  wire::MemoryRow row;
  row.timeNs = at(field<uint64_t>(record, at_::kTimestamp));
  row.address = static_cast<double>(field<uint64_t>(record, at_::kAddress));
  row.bytes = static_cast<double>(field<uint64_t>(record, at_::kBytes));
  row.device = field<uint32_t>(record, at_::kDeviceId);
  row.context = field<uint32_t>(record, at_::kContextId);
  row.stream = field<uint32_t>(record, at_::kStreamId);
  row.correlation = field<uint32_t>(record, at_::kCorrelation);
  row.operation = static_cast<uint8_t>(field<uint32_t>(record, at_::kOperation));
  row.kind = static_cast<uint8_t>(field<uint32_t>(record, at_::kMemoryKind));
  row.isPool = isPool ? 1 : 0;
  row.isAsync = field<uint32_t>(record, at_::kIsAsync) != 0 ? 1 : 0;
  if (isPool) row.poolAddress = static_cast<double>(field<uint64_t>(record, at_::kPoolAddress));
  if (isPool && library_.version >= cupti::kVersion12_3) row.poolUsedBytes = static_cast<double>(field<uint64_t>(record, at_::kPoolUsed));
  row.library = rows_.namePointerId(field<const char*>(record, at_::kName));
  if (row.library == 0 && library_.version >= cupti::kVersion12_6) row.library = rows_.namePointerId(field<const char*>(record, at_::kSource));
  rows_.add(row);
}

// cudaLaunchKernel_v7000 → cudaLaunchKernel: the version is that of the interface, not of the function.
uint32_t Decoder::callName(uint32_t domain, uint32_t callbackId) {
  const uint64_t key = (static_cast<uint64_t>(domain) << 32) | callbackId;
  const auto known = callNames_.find(key);
  if (known != callNames_.end()) return known->second;
  const char* name = nullptr;
  std::string text = "call " + std::to_string(callbackId);
  if (library_.getCallbackName(domain, callbackId, &name) == cupti::kSuccess && name != nullptr) text = name;
  const size_t version = text.rfind("_v");
  if (domain == cupti::kDomainRuntime && version != std::string::npos && version + 2 < text.size() &&
      std::all_of(text.begin() + static_cast<long>(version) + 2, text.end(), [](unsigned char each) { return std::isdigit(each); })) {
    text.resize(version);
  }
  return callNames_[key] = rows_.nameId(text);
}

void Decoder::sawThread(uint32_t thread) {
  if (!threads_.insert(thread).second) return;
  std::string name = readFile("/proc/self/task/" + std::to_string(thread) + "/comm");
  while (!name.empty() && name.back() == '\n') name.pop_back();
  rows_.addRare(wire::ThreadRow{clock_.sessionFromMonotonic(monotonicNs()), thread, name});
}

// Somebody else in the process may push ids of other kinds.
void Decoder::batchOfCall(const void* record) {
  namespace at_ = cupti::external;
  if (field<uint32_t>(record, at_::kExternalKind) != cupti::kExternalOurs) return;
  batches_[field<uint32_t>(record, at_::kCorrelation)] = {static_cast<double>(field<uint64_t>(record, at_::kExternal)), false};
}

double Decoder::takeBatch(uint32_t correlation) {
  const auto found = batches_.find(correlation);
  if (found == batches_.end()) return 0;
  const double batch = found->second.batch;
  batches_.erase(found);
  return batch;
}

void Decoder::addCall(const wire::ApiRow& row, double batch) {
  rows_.add(row);
  if (batch != 0) rows_.add(wire::ExternalRow{row.startNs, batch, row.correlation, row.thread});
}

void Decoder::call(const void* record, uint32_t domain) {
  namespace at_ = cupti::api;
  const auto callbackId = field<uint32_t>(record, at_::kCallbackId);
  const double batch = takeBatch(field<uint32_t>(record, at_::kCorrelation));
  const bool isRuntime = domain == cupti::kDomainRuntime;
  if (!(isRuntime ? isWantedRuntimeCall(callbackId) : isWantedDriverCall(callbackId))) return;
  const auto startNs = field<uint64_t>(record, at_::kStart);
  wire::ApiRow row;
  row.startNs = at(startNs);
  row.durationNs = durationOf(startNs, field<uint64_t>(record, at_::kEnd));
  row.name = callName(domain, callbackId);
  row.thread = field<uint32_t>(record, at_::kThreadId);
  row.correlation = field<uint32_t>(record, at_::kCorrelation);
  row.returnValue = field<uint32_t>(record, at_::kReturnValue);
  row.domain = static_cast<uint8_t>(isRuntime ? wire::ApiDomain::kRuntime : wire::ApiDomain::kDriver);
  sawThread(row.thread);
  if (!isRuntime) {
    driverCalls_.push_back({row, batch, false});
    return;
  }
  // A driver call inside a runtime call of the same thread is the runtime's own doing.
  const auto isInside = [&](const DriverCall& inner) {
    return inner.row.thread == row.thread && inner.row.startNs >= row.startNs &&
           inner.row.startNs + inner.row.durationNs <= row.startNs + row.durationNs;
  };
  if (!driverCalls_.empty()) driverCalls_.erase(std::remove_if(driverCalls_.begin(), driverCalls_.end(), isInside), driverCalls_.end());
  addCall(row, batch);
}

void Decoder::settleDriverCalls() {
  size_t kept = 0;
  for (auto& each : driverCalls_) {
    if (each.isOld) {
      addCall(each.row, each.batch);
    } else {
      each.isOld = true;
      driverCalls_[kept++] = each;
    }
  }
  driverCalls_.resize(kept);
  for (auto each = batches_.begin(); each != batches_.end();) {
    if (each->second.isOld) {
      each = batches_.erase(each);
    } else {
      each->second.isOld = true;
      ++each;
    }
  }
}

void Decoder::wait(const void* record) {
  namespace at_ = cupti::sync;
  const auto startNs = field<uint64_t>(record, at_::kStart);
  wire::SyncRow row;
  row.startNs = at(startNs);
  row.durationNs = durationOf(startNs, field<uint64_t>(record, at_::kEnd));
  row.context = field<uint32_t>(record, at_::kContextId);
  row.stream = field<uint32_t>(record, at_::kStreamId);
  row.correlation = field<uint32_t>(record, at_::kCorrelation);
  row.kind = static_cast<uint8_t>(field<uint32_t>(record, at_::kType));
  rows_.add(row);
}

void Decoder::overhead(const void* record) {
  namespace at_ = cupti::overhead;
  const auto startNs = field<uint64_t>(record, at_::kStart);
  const bool isThread = field<uint32_t>(record, at_::kObjectKind) == kObjectThread;
  wire::OverheadRow row;
  row.startNs = at(startNs);
  row.durationNs = durationOf(startNs, field<uint64_t>(record, at_::kEnd));
  row.name = rows_.nameId(overheadWords(field<uint32_t>(record, at_::kOverheadKind)));
  row.thread = isThread ? field<uint32_t>(record, at_::kObjectId + 4) : 0;
  rows_.add(row);
}

void Decoder::device(const void* record) {
  namespace at_ = cupti::device;
  wire::DeviceRow row;
  row.timeNs = clock_.sessionFromMonotonic(monotonicNs());
  row.device = field<uint32_t>(record, at_::kId);
  row.kind = static_cast<uint8_t>(wire::DeviceKind::kCuda);
  row.computeMajor = static_cast<uint16_t>(field<uint32_t>(record, at_::kComputeMajor));
  row.computeMinor = static_cast<uint16_t>(field<uint32_t>(record, at_::kComputeMinor));
  row.smCount = field<uint32_t>(record, at_::kSmCount);
  row.coreClockKhz = field<uint32_t>(record, at_::kCoreClock);
  row.memoryBytes = static_cast<double>(field<uint64_t>(record, at_::kMemory));
  row.memoryBytesPerSec = static_cast<double>(field<uint64_t>(record, at_::kBandwidth)) * 1000;  // CUPTI gives kB/s
  row.warpsPerSmMax = field<uint32_t>(record, at_::kWarpsPerSm);
  row.registersPerSm = field<uint32_t>(record, at_::kRegistersPerSm);
  row.sharedBytesPerSm = field<uint32_t>(record, at_::kSharedPerSm);
  const auto* name = field<const char*>(record, at_::kName);
  row.name = name ? name : "";
  rows_.addRare(row);
}

void Decoder::context(const void* record) {
  const double timeNs = clock_.sessionFromMonotonic(monotonicNs());
  rows_.addRare(wire::ContextRow{timeNs, field<uint32_t>(record, cupti::context::kContextId), field<uint32_t>(record, cupti::context::kDeviceId)});
}

void Decoder::stream(const void* record) {
  namespace at_ = cupti::stream;
  wire::StreamRow row;
  row.timeNs = clock_.sessionFromMonotonic(monotonicNs());
  row.context = field<uint32_t>(record, at_::kContextId);
  row.stream = field<uint32_t>(record, at_::kStreamId);
  row.priority = static_cast<int32_t>(field<uint32_t>(record, at_::kPriority));
  row.isDefault = field<uint32_t>(record, at_::kFlag) == at_::kFlagNull ? 1 : 0;
  rows_.addRare(row);
}

}  // namespace hka
