// The range profiler of a libcupti, without a GPU, for a chip "FAKE" that lacks every metric whose name begins with dram. Built together with
// fake_cupti.cc. What is open is counted, and whoever leaves something open ends the program.
//   FAKE_CUPTI_REFUSES   FUNCTION=CODE: this function answers with this code
//   FAKE_CUPTI_RANGES    how many kernels a measurement sees; 1 without it
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "addon/cuda/counters/range_profiler_abi.h"

using namespace hka::cupti::range;

#define PUBLIC extern "C" __attribute__((visibility("default")))
#define REFUSE                                       \
  if (const int code = refusal(__func__)) return code; \
  if (record->head.structBytes == 0) return kInvalidParameter

namespace {

// Sessions, hosts and profilers that nobody has closed.
struct Open {
  int count = 0;
  ~Open() {
    if (count == 0) return;
    std::fprintf(stderr, "fake CUPTI: %d left open\n", count);
    std::_Exit(5);
  }
} open;

int refusal(const char* function) {
  const char* text = std::getenv("FAKE_CUPTI_REFUSES");
  const size_t length = std::strlen(function);
  return text != nullptr && std::strncmp(text, function, length) == 0 && text[length] == '=' ? std::atoi(text + length + 1) : 0;
}

int opened(void** handle) {
  *handle = &open;
  ++open.count;
  return 0;
}

int closed() {
  --open.count;
  return 0;
}

}  // namespace

PUBLIC int cuptiProfilerInitialize(Plain* record) {
  REFUSE;
  ++open.count;
  return 0;
}
PUBLIC int cuptiProfilerDeInitialize(Plain*) { return closed(); }
PUBLIC int cuptiDeviceGetChipName(ChipName* record) {
  REFUSE;
  record->name = "FAKE";
  return 0;
}
PUBLIC int cuptiProfilerGetCounterAvailability(Availability* record) {
  REFUSE;
  record->imageBytes = 8;
  return 0;
}
PUBLIC int cuptiProfilerHostInitialize(HostOpen* record) {
  REFUSE;
  return opened(&record->host);
}
PUBLIC int cuptiProfilerHostDeinitialize(HostClose*) { return closed(); }
PUBLIC int cuptiProfilerHostConfigAddMetrics(HostMetrics* record) {
  REFUSE;
  for (size_t index = 0; index < record->count; ++index) {
    if (std::strncmp(record->names[index], "dram", 4) == 0) return kInvalidParameter;
  }
  return 0;
}
PUBLIC int cuptiProfilerHostGetConfigImageSize(HostConfigBytes* record) {
  REFUSE;
  record->bytes = 16;
  return 0;
}
PUBLIC int cuptiProfilerHostGetConfigImage(HostConfig* record) {
  REFUSE;
  std::memset(record->image, 1, record->bytes);
  return 0;
}
PUBLIC int cuptiProfilerHostGetNumOfPasses(HostPasses* record) {
  REFUSE;
  record->passCount = 3;
  return 0;
}
PUBLIC int cuptiRangeProfilerEnable(Enable* record) {
  REFUSE;
  return opened(&record->profiler);
}
PUBLIC int cuptiRangeProfilerDisable(Ranged*) { return closed(); }
PUBLIC int cuptiRangeProfilerGetCounterDataSize(CounterBytes* record) {
  REFUSE;
  record->bytes = 32;
  return 0;
}
PUBLIC int cuptiRangeProfilerCounterDataImageInitialize(CounterImage* record) {
  REFUSE;
  std::memset(record->image, 0, record->bytes);
  return 0;
}
PUBLIC int cuptiRangeProfilerSetConfig(Configure* record) {
  REFUSE;
  return record->range == kAutoRange && record->replay == kKernelReplay ? 0 : kInvalidParameter;
}
PUBLIC int cuptiRangeProfilerStart(Ranged* record) {
  REFUSE;
  ++open.count;
  return 0;
}
PUBLIC int cuptiRangeProfilerStop(Stop* record) {
  const int code = closed();
  REFUSE;
  return code;
}
PUBLIC int cuptiRangeProfilerDecodeData(Decode* record) {
  REFUSE;
  return 0;
}
PUBLIC int cuptiRangeProfilerGetCounterDataInfo(RangeCount* record) {
  REFUSE;
  const char* text = std::getenv("FAKE_CUPTI_RANGES");
  record->count = text != nullptr ? static_cast<size_t>(std::atoi(text)) : 1;
  return 0;
}
// 100 for the first metric of the first kernel, 101 for its second, 200 for the first of the second kernel.
PUBLIC int cuptiProfilerHostEvaluateToGpuValues(HostValues* record) {
  REFUSE;
  for (size_t index = 0; index < record->count; ++index) record->values[index] = 100.0 * static_cast<double>(record->rangeIndex + 1) + static_cast<double>(index);
  return 0;
}
