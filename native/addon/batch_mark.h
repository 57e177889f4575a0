// Says to the collector in this process which batch the CUDA calls of a thread are for. Where there is no collector nothing happens.
#pragma once

#include <cstdint>

namespace hka::addon {

// What the calling thread asks of CUDA until popBatch() belongs to `batch`, of which 0 is none. CUDA must have been started on this process
// before, because the driver loads the collector then. Any thread.
void pushBatch(uint64_t batch) noexcept;
void popBatch() noexcept;

// The same for a scope; nothing for batch 0.
class BatchMark {
 public:
  explicit BatchMark(uint64_t batch) noexcept : batch_(batch) {
    if (batch_ != 0) pushBatch(batch_);
  }
  ~BatchMark() {
    if (batch_ != 0) popBatch();
  }
  BatchMark(const BatchMark&) = delete;
  BatchMark& operator=(const BatchMark&) = delete;

 private:
  uint64_t batch_;
};

}  // namespace hka::addon
