// CUPTI's records to rows. Writer thread only.
#pragma once

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "clock.h"
#include "cupti_library.h"
#include "rows.h"

namespace hka {

class Decoder {
 public:
  Decoder(const CuptiLibrary& library, Rows& rows, const Clock& clock) : library_(library), rows_(rows), clock_(clock) {}

  // All records of one buffer; gives their number.
  size_t decode(uint8_t* buffer, size_t validBytes);

  // Driver calls wait here until the runtime call around them would have come. Writes those that nobody claimed, and forgets the batches of
  // calls that were filtered out.
  void settleDriverCalls();

 private:
  struct DriverCall {
    wire::ApiRow row;
    double batch;  // 0 is none
    bool isOld;
  };
  // Its call's record comes behind it, at the latest in the next buffer.
  struct PendingBatch {
    double batch;
    bool isOld;
  };

  void decodeRecord(uint32_t kind, const void* record);
  void kernel(const void* record);
  void copy(const void* record, bool isPeer);
  void fill(const void* record);
  void memory(const void* record);
  void call(const void* record, uint32_t domain);
  void batchOfCall(const void* record);
  double takeBatch(uint32_t correlation);
  void addCall(const wire::ApiRow& row, double batch);
  void wait(const void* record);
  void overhead(const void* record);
  void device(const void* record);
  void context(const void* record);
  void stream(const void* record);
  uint32_t callName(uint32_t domain, uint32_t callbackId);
  void sawThread(uint32_t thread);
  [[nodiscard]] double at(uint64_t cuptiNs) const { return clock_.sessionFromCupti(cuptiNs); }

  const CuptiLibrary& library_;
  Rows& rows_;
  const Clock& clock_;
  std::unordered_map<uint64_t, uint32_t> callNames_;
  std::unordered_set<uint32_t> threads_;
  std::vector<DriverCall> driverCalls_;
  std::unordered_map<uint32_t, PendingBatch> batches_;  // by correlation
};

}  // namespace hka
