#include "cupti_session.h"

#include <algorithm>
#include <cstdlib>

#include "api_filter.h"

namespace hka {
namespace {

using wire::Severity;

// The callbacks have no argument of ours. Set once, before they are registered, and never changed back, because CUPTI may call
// until the process is gone.
std::atomic<CuptiSession*> current{nullptr};

std::atomic<bool> marksBatches{false};

// The batches of this thread, one within the other. Calls may begin or cease to be traced between a push and its pop, so a bit each says
// whether CUPTI has it. What is deeper than the bits marks nothing.
constexpr uint32_t kBatchDepthMax = 64;
thread_local uint32_t batchDepth = 0;
thread_local uint64_t pushedBatches = 0;

constexpr size_t kFreeBuffersMax = 32;
constexpr double kBufferSeconds = 0.02;

}  // namespace

bool CuptiSession::open(bool wantsLatency) {
  const int subscribed = library_.subscribe(&subscriber_, nullptr, nullptr);
  if (subscribed != cupti::kSuccess) {
    const bool isRival = subscribed == cupti::kMultipleSubscribers;
    const bool isForbidden = subscribed == cupti::kInsufficientPrivileges;
    rows_.diagnostic(Severity::kError, isRival ? "rivalSubscriber" : isForbidden ? "cuptiForbidden" : "cuptiRefused",
                     isRival ? "Another profiler in this process holds CUPTI's only place; CUDA work is not captured."
                             : "CUPTI refused to start: " + library_.words(subscribed) + "; CUDA work is not captured.",
                     isRival       ? "Turn that profiler off, such as torch.profiler, Tracy or TensorFlow's."
                     : isForbidden ? "Run as root, or allow GPU performance counters to all users (NVIDIA ERR_NVGPUCTRPERM)."
                                   : "hookanalyzer doctor says what is missing.");
    return false;
  }
  if (library_.setThreadIdType) library_.setThreadIdType(cupti::kThreadIdSystem);
  usesRealtime_ = library_.registerTimestamp == nullptr || library_.registerTimestamp([]() -> uint64_t { return monotonicNs(); }) != cupti::kSuccess;
  clock_.setUsesRealtime(usesRealtime_);
  clock_.takePair();
  current.store(this, std::memory_order_release);
  if (library_.registerCallbacks(onRequested, onCompleted) != cupti::kSuccess) {
    library_.unsubscribe(subscriber_);
    rows_.diagnostic(Severity::kError, "cuptiRefused", "CUPTI takes no buffers; CUDA work is not captured.", "hookanalyzer doctor says what is missing.");
    return false;
  }
  if (wantsLatency && library_.enableLatency) library_.enableLatency(1);
  if (library_.version >= cupti::kVersion12_6 && library_.enableAllocationSource) library_.enableAllocationSource(1);
  return true;
}

void CuptiSession::enable(uint32_t kind, bool on, const char* word) {
  const uint64_t bit = uint64_t{1} << kind;
  if (on == ((enabledKinds_ & bit) != 0)) return;
  const int result = on ? library_.enable(kind) : library_.disable(kind);
  if (result == cupti::kSuccess) {
    enabledKinds_ ^= bit;
    return;
  }
  if (hasRefused_[kind]) return;
  hasRefused_[kind] = true;
  rows_.diagnostic(Severity::kWarning, "kindRefused", std::string("CUPTI does not trace ") + word + " here: " + library_.words(result) + ".",
                   "The other kinds are recorded.");
}

void CuptiSession::setKinds(const Kinds& kinds) {
  kinds_ = kinds;
  // Always, even while nothing else is traced: CUPTI tells of each only once, and kinds may be switched on later.
  enable(cupti::kDevice, true, "devices");
  enable(cupti::kContext, true, "contexts");
  enable(cupti::kStream, true, "streams");
  enable(cupti::kConcurrentKernel, kinds.kernel, "kernels");
  enable(cupti::kMemcpy, kinds.memcpy, "copies");
  enable(cupti::kMemcpyPeer, kinds.memcpy, "peer copies");
  enable(cupti::kMemset, kinds.memset, "fills");
  enable(cupti::kMemory2, kinds.memory, "allocations");
  enable(cupti::kSynchronization, kinds.sync, "waits");
  enable(cupti::kOverhead, kinds.overhead, "its own overhead");
  const bool wasApi = (enabledKinds_ & (uint64_t{1} << cupti::kRuntime)) != 0;
  enable(cupti::kRuntime, kinds.api, "API calls");
  // Where single calls can be chosen, the driver's are chosen so; else all of them come and the decoder picks.
  if (library_.enableDriverApi == nullptr) enable(cupti::kDriver, kinds.api, "driver calls");
  if (kinds.api != wasApi) filterApi();
  // CUPTI writes such a record beside each record of a call, so there are none without calls.
  const bool canMark = library_.pushExternal != nullptr && library_.popExternal != nullptr;
  if (canMark) enable(cupti::kExternalCorrelation, kinds.api, "the batches of calls");
  marksBatches.store(canMark && kinds.api, std::memory_order_release);
}

void CuptiSession::filterApi() {
  if (library_.enableRuntimeApi && kinds_.api) {
    for (const uint32_t call : kChattyRuntimeCalls) library_.enableRuntimeApi(call, 0);
  }
  if (library_.enableDriverApi) {
    for (const uint32_t call : kDriverCalls) library_.enableDriverApi(call, kinds_.api ? 1 : 0);
  }
}

void CuptiSession::pushBatch(uint64_t batch) noexcept {
  const uint32_t depth = batchDepth++;
  if (depth >= kBatchDepthMax || !marksBatches.load(std::memory_order_acquire)) return;
  const CuptiLibrary& library = current.load(std::memory_order_acquire)->library_;
  if (library.pushExternal(cupti::kExternalOurs, batch) == cupti::kSuccess) pushedBatches |= uint64_t{1} << depth;
}

void CuptiSession::popBatch() noexcept {
  if (batchDepth == 0) return;
  const uint32_t depth = --batchDepth;
  const uint64_t bit = depth < kBatchDepthMax ? uint64_t{1} << depth : 0;
  if ((pushedBatches & bit) == 0) return;
  pushedBatches &= ~bit;
  uint64_t batch = 0;
  static_cast<void>(current.load(std::memory_order_acquire)->library_.popExternal(cupti::kExternalOurs, &batch));
}

// The child's only thread is the one that forked, so its batches are all there are.
void CuptiSession::forgetBatches() noexcept {
  marksBatches.store(false, std::memory_order_relaxed);
  pushedBatches = 0;
}

void CuptiSession::flush(bool isForced) {
  clock_.takePair();
  library_.flushAll(isForced ? cupti::kFlushForced : 0);
}

void CuptiSession::onRequested(uint8_t** buffer, size_t* byteCount, size_t* recordCountMax) noexcept {
  CuptiSession* session = current.load(std::memory_order_acquire);
  *recordCountMax = 0;  // as many as fit
  *buffer = session->takeBuffer();
  *byteCount = *buffer == nullptr ? 0 : session->bufferBytes_.load(std::memory_order_relaxed);
}

// Gives always a buffer while there is memory: CUPTI before CUDA 12.9 crashes without one.
uint8_t* CuptiSession::takeBuffer() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!free_.empty()) {
      uint8_t* buffer = free_.back();
      free_.pop_back();
      return buffer;
    }
  }
  return static_cast<uint8_t*>(std::aligned_alloc(8, kBufferBytesMax));
}

void CuptiSession::onCompleted(void* context, uint32_t stream, uint8_t* buffer, size_t, size_t validBytes) noexcept {
  CuptiSession* session = current.load(std::memory_order_acquire);
  if (validBytes > 0 && session->queuedBytes_.load(std::memory_order_relaxed) + validBytes <= kQueuedBytesMax) {
    session->queuedBytes_.fetch_add(validBytes, std::memory_order_relaxed);
    const std::lock_guard<std::mutex> lock(session->mutex_);
    session->completed_.push_back({buffer, validBytes, context, stream});
    return;
  }
  session->droppedBytes_.fetch_add(validBytes, std::memory_order_relaxed);
  session->giveBack(buffer);
}

std::vector<CuptiSession::Completed> CuptiSession::takeCompleted() {
  std::vector<Completed> taken;
  const std::lock_guard<std::mutex> lock(mutex_);
  taken.swap(completed_);
  uint64_t bytes = 0;
  for (const auto& each : taken) bytes += each.validBytes;
  queuedBytes_.fetch_sub(bytes, std::memory_order_relaxed);
  return taken;
}

void CuptiSession::giveBack(uint8_t* buffer) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (free_.size() < kFreeBuffersMax) {
      free_.push_back(buffer);
      return;
    }
  }
  std::free(buffer);
}

void CuptiSession::adaptBuffers(uint64_t decodedBytes, uint64_t elapsedNs) {
  if (elapsedNs == 0) return;
  const double bytesPerSec = static_cast<double>(decodedBytes) * 1e9 / static_cast<double>(elapsedNs);
  const auto wanted = static_cast<size_t>(bytesPerSec * kBufferSeconds) & ~size_t{7};
  bufferBytes_.store(std::clamp(wanted, kBufferBytesMin, kBufferBytesMax), std::memory_order_relaxed);
}

}  // namespace hka
