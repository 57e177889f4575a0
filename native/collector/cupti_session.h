// CUPTI as this process uses it: subscription, kinds, buffers. Its two callbacks run on CUPTI's and the target's threads and only
// queue; everything else belongs to the writer thread, which holds no lock of ours while it calls CUPTI.
//
//   CUPTI asks ──▶ onRequested: a buffer of the pool          writer: takeCompleted() ▸ decode ▸ giveBack()
//   CUPTI fills ─▶ onCompleted: queue, or drop and count          every flush: cuptiActivityFlushAll(0)
#pragma once

#include <atomic>
#include <mutex>
#include <vector>

#include "cupti_library.h"
#include "probe_link.h"
#include "rows.h"

namespace hka {

class CuptiSession {
 public:
  // A buffer's memory; CUPTI is told of `usedBytes` of it.
  static constexpr size_t kBufferBytesMax = 1 << 20;
  static constexpr size_t kBufferBytesMin = 4 << 10;  // about 18 kernels
  static constexpr size_t kQueuedBytesMax = 64 << 20;

  struct Completed {
    uint8_t* buffer;
    size_t validBytes;
    void* context;
    uint32_t stream;
  };

  CuptiSession(CuptiLibrary library, Rows& rows, Clock& clock) : library_(std::move(library)), rows_(rows), clock_(clock) {}

  // Takes CUPTI's place in this process. False when it cannot be had; a diagnostic then says why. Called inside cuInit.
  bool open(bool wantsLatency);
  void setKinds(const Kinds& kinds);
  void flush(bool isForced);
  [[nodiscard]] std::vector<Completed> takeCompleted();
  void giveBack(uint8_t* buffer);
  // Chooses the size of the next buffers from what came in since the last call, `elapsedNs` ago: about 20 ms of records, because a
  // buffer comes back only when its last record is complete.
  void adaptBuffers(uint64_t decodedBytes, uint64_t elapsedNs);

  // Bytes of buffers dropped because the writer was behind, since the last call.
  uint64_t takeDroppedBytes() { return droppedBytes_.exchange(0, std::memory_order_relaxed); }

  // What the calling thread asks of CUDA until popBatch() belongs to this batch. They may stand one within the other, and cost a flag and a
  // number of the thread while no calls are traced. For the target's threads.
  static void pushBatch(uint64_t batch) noexcept;
  static void popBatch() noexcept;
  // In the child of a fork, where CUPTI may be locked for good and must not be called: nothing is marked, and the pops that follow are silent.
  static void forgetBatches() noexcept;

  [[nodiscard]] const CuptiLibrary& library() const { return library_; }
  [[nodiscard]] bool usesRealtime() const { return usesRealtime_; }
  [[nodiscard]] bool hasQueued() const { return queuedBytes_.load(std::memory_order_relaxed) > 0; }

 private:
  static void onRequested(uint8_t** buffer, size_t* byteCount, size_t* recordCountMax) noexcept;
  static void onCompleted(void* context, uint32_t stream, uint8_t* buffer, size_t byteCount, size_t validBytes) noexcept;
  uint8_t* takeBuffer();
  void enable(uint32_t kind, bool on, const char* word);
  void filterApi();

  const CuptiLibrary library_;
  Rows& rows_;
  Clock& clock_;
  void* subscriber_ = nullptr;
  bool usesRealtime_ = false;
  Kinds kinds_;
  uint64_t enabledKinds_ = 0;  // a bit a kind
  bool hasRefused_[64] = {};   // kinds that CUPTI refused and that were told

  std::atomic<size_t> bufferBytes_{64 << 10};
  std::atomic<uint64_t> queuedBytes_{0};
  std::atomic<uint64_t> droppedBytes_{0};
  std::mutex mutex_;  // guards the two below; never held while CUPTI is called
  std::vector<uint8_t*> free_;
  std::vector<Completed> completed_;
};

}  // namespace hka
