// A libcupti that emits what fake_target tells it: buffers, flushes and records as the real one, without a GPU.
//   FAKE_CUPTI_VERSION   what cuptiGetVersion says; 14 has the short records of CUDA 11.4, no timestamp callback and no single-call filters
//   FAKE_CUPTI_RIVAL     somebody else has subscribed
//   FAKE_CUPTI_DROPPED   records that each buffer says were dropped
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <set>
#include <vector>

#define PUBLIC extern "C" __attribute__((visibility("default")))

namespace {

using Requested = void (*)(uint8_t**, size_t*, size_t*);
using Completed = void (*)(void*, uint32_t, uint8_t*, size_t, size_t);

std::mutex mutex;  // as the real one, it is held while the callbacks run
Requested requested = nullptr;
Completed completed = nullptr;
uint64_t (*timestamp)() = nullptr;
std::set<uint32_t> enabled;
uint8_t* buffer = nullptr;
size_t bufferBytes = 0;
size_t usedBytes = 0;
thread_local std::vector<uint64_t> externals;  // of kind CUSTOM0, which is 3

uint32_t version() {
  const char* text = std::getenv("FAKE_CUPTI_VERSION");
  return text ? static_cast<uint32_t>(std::atoi(text)) : 130001;
}

// Sizes of the records of CUDA 11.4 and of 13.0.
size_t recordBytes(uint32_t kind) {
  const bool isOld = version() < 20;
  switch (kind) {
    case 10: return isOld ? 168 : 216;
    case 1: return isOld ? 80 : 96;
    case 22: return 96;
    case 2: return 88;
    case 49: return isOld ? 112 : 128;
    case 4: case 5: return 40;
    case 39: return 24;
    case 38: return isOld ? 40 : 56;
    case 17: return isOld ? 40 : 56;
    case 8: return isOld ? 176 : 184;
    case 9: return isOld ? 16 : 32;
    case 37: return 24;
    default: return 0;
  }
}

void complete() {
  if (buffer == nullptr) return;
  completed(nullptr, 0, buffer, bufferBytes, usedBytes);
  buffer = nullptr;
  usedBytes = 0;
}

uint64_t nowNs() {
  if (timestamp) return timestamp();
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000000000 + static_cast<uint64_t>(now.tv_nsec);
}

}  // namespace

PUBLIC uint64_t fakeNowNs() { return nowNs(); }

namespace {

const pid_t ownProcess = getpid();

// CUPTI may hang in the child of a fork, when another thread had it locked; this one ends it at once.
void endIfForked() {
  if (getpid() != ownProcess) _exit(98);
}

}  // namespace

namespace {

void put(uint32_t kind, const void* record, size_t byteCount) {
  const size_t size = recordBytes(kind);
  if (buffer && usedBytes + size > bufferBytes) complete();
  if (buffer == nullptr) {
    size_t recordCountMax = 0;
    requested(&buffer, &bufferBytes, &recordCountMax);
    if (buffer == nullptr) std::abort();  // CUPTI before 12.9 crashes without a buffer
  }
  std::memset(buffer + usedBytes, 0, size);
  std::memcpy(buffer + usedBytes, record, byteCount < size ? byteCount : size);
  std::memcpy(buffer + usedBytes, &kind, sizeof(kind));
  usedBytes += size;
}

}  // namespace

// Emits one record, of which the first bytes are given and the rest is zero. Nothing when the kind is off. Before a call stands the id that
// its thread pushed last.
PUBLIC void fakeEmit(uint32_t kind, const void* record, size_t byteCount) {
  const std::lock_guard<std::mutex> lock(mutex);
  if (enabled.count(kind) == 0) return;
  const bool isCall = kind == 4 || kind == 5;
  if (isCall && !externals.empty() && enabled.count(39) != 0) {
    uint8_t external[24] = {};
    external[4] = 3;
    std::memcpy(external + 8, &externals.back(), 8);
    std::memcpy(external + 16, static_cast<const uint8_t*>(record) + 32, 4);
    put(39, external, sizeof(external));
  }
  put(kind, record, byteCount);
}

PUBLIC int cuptiGetVersion(uint32_t* out) {
  *out = version();
  return 0;
}
PUBLIC int cuptiSubscribe(void** subscriber, void*, void*) {
  *subscriber = &mutex;
  return std::getenv("FAKE_CUPTI_RIVAL") ? 39 : 0;
}
PUBLIC int cuptiUnsubscribe(void*) { return 0; }
PUBLIC int cuptiActivityRegisterCallbacks(Requested r, Completed c) {
  requested = r;
  completed = c;
  return 0;
}
PUBLIC int cuptiActivityEnable(uint32_t kind) {
  const std::lock_guard<std::mutex> lock(mutex);
  enabled.insert(kind);
  return 0;
}
PUBLIC int cuptiActivityDisable(uint32_t kind) {
  const std::lock_guard<std::mutex> lock(mutex);
  enabled.erase(kind);
  return 0;
}
PUBLIC int cuptiActivityFlushAll(uint32_t) {
  const std::lock_guard<std::mutex> lock(mutex);
  complete();
  return 0;
}
PUBLIC int cuptiActivityGetNextRecord(uint8_t* bytes, size_t validBytes, void** record) {
  auto* at = static_cast<uint8_t*>(*record);
  uint8_t* next = bytes;
  if (at != nullptr) {
    uint32_t kind;
    std::memcpy(&kind, at, sizeof(kind));
    next = at + recordBytes(kind);
  }
  if (next >= bytes + validBytes) return 12;  // CUPTI_ERROR_MAX_LIMIT_REACHED
  *record = next;
  return 0;
}
PUBLIC int cuptiActivityGetNumDroppedRecords(void*, uint32_t, size_t* count) {
  const char* text = std::getenv("FAKE_CUPTI_DROPPED");
  *count = text ? static_cast<size_t>(std::atoi(text)) : 0;
  return 0;
}
PUBLIC int cuptiActivityRegisterTimestampCallback(uint64_t (*callback)()) {
  if (version() < 16) return 27;  // CUPTI_ERROR_NOT_SUPPORTED
  timestamp = callback;
  return 0;
}
PUBLIC int cuptiSetThreadIdType(int) { return 0; }
PUBLIC int cuptiActivityPushExternalCorrelationId(uint32_t kind, uint64_t external) {
  endIfForked();
  if (kind != 3) return 1;  // CUPTI_ERROR_INVALID_PARAMETER
  externals.push_back(external);
  return 0;
}
PUBLIC int cuptiActivityPopExternalCorrelationId(uint32_t kind, uint64_t* external) {
  endIfForked();
  if (kind != 3) return 1;
  if (externals.empty()) return 36;  // CUPTI_ERROR_QUEUE_EMPTY
  *external = externals.back();
  externals.pop_back();
  return 0;
}
PUBLIC int cuptiActivityEnableAllocationSource(uint8_t) { return 0; }
PUBLIC int cuptiActivityEnableLatencyTimestamps(uint8_t) { return 0; }
PUBLIC int cuptiGetCallbackName(uint32_t domain, uint32_t call, const char** name) {
  *name = domain == 2 ? (call == 211 ? "cudaLaunchKernel_v7000" : "cudaMalloc_v3020") : "cuLaunchKernel";
  return 0;
}
PUBLIC int cuptiGetResultString(int, const char** text) {
  *text = "a fake result";
  return 0;
}
