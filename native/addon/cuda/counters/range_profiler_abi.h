// The part of CUPTI's range profiler that counter_session.cc uses, declared here so that one binary builds without a CUDA toolkit. Every
// call takes one record that begins with its own size, by which CUPTI knows the fields that the caller has. Source: cupti_range_profiler.h,
// cupti_profiler_host.h, cupti_profiler_target.h and cupti_target.h of CUDA 12.6 and 13.0; checked against the toolkit's headers by
// test/native/range_profiler_abi_check.cc.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hka::cupti::range {

constexpr int kHostKindRange = 0;     // CUPTI_PROFILER_TYPE_RANGE_PROFILER
constexpr int kAutoRange = 1;         // CUPTI_AutoRange: each kernel is a range
constexpr int kKernelReplay = 2;      // CUPTI_KernelReplay: CUPTI runs each kernel once a pass, and restores memory between
constexpr int kInvalidParameter = 1;  // CUPTI_ERROR_INVALID_PARAMETER
constexpr int kNotCompatible = 14;
constexpr int kInvalidMetricName = 17;
constexpr int kHardwareBusy = 26;
constexpr int kNotSupported = 27;
constexpr int kVirtualizedDevice = 33;
constexpr int kOldProfilerApi = 36;
constexpr int kVirtualizedPrivileges = 40;
constexpr int kConfidentialComputing = 41;
constexpr int kMigDevice = 43;

// What every record begins with. Made by recordOf<>(), so that the size is that of the whole record.
struct Head {
  size_t structBytes;
  void* reserved;
};

// The size as CUPTI's *_STRUCT_SIZE macros count it: to the end of the last field, without the padding behind it.
template <class Record>
Record recordOf(size_t bytes = sizeof(Record)) {
  Record record{};
  record.head.structBytes = bytes;
  return record;
}

struct Plain {  // cuptiProfilerInitialize, cuptiProfilerDeInitialize
  Head head;
};
struct ChipName {  // cuptiDeviceGetChipName
  Head head;
  size_t deviceIndex;
  const char* name;
};
struct Availability {  // cuptiProfilerGetCounterAvailability
  Head head;
  void* context;
  size_t imageBytes;
  uint8_t* image;
};
struct HostOpen {  // cuptiProfilerHostInitialize
  Head head;
  int kind;
  const char* chipName;
  const uint8_t* availability;
  void* host;
};
struct HostClose {  // cuptiProfilerHostDeinitialize
  Head head;
  void* host;
};
struct HostMetrics {  // cuptiProfilerHostConfigAddMetrics
  Head head;
  void* host;
  const char** names;
  size_t count;
};
struct HostConfigBytes {  // cuptiProfilerHostGetConfigImageSize
  Head head;
  void* host;
  size_t bytes;
};
struct HostConfig {  // cuptiProfilerHostGetConfigImage
  Head head;
  void* host;
  size_t bytes;
  uint8_t* image;
};
struct HostPasses {  // cuptiProfilerHostGetNumOfPasses
  Head head;
  size_t bytes;
  uint8_t* image;
  size_t passCount;
};
struct HostValues {  // cuptiProfilerHostEvaluateToGpuValues
  Head head;
  void* host;
  const uint8_t* counters;
  size_t counterBytes;
  size_t rangeIndex;
  const char** names;
  size_t count;
  double* values;
};
struct Enable {  // cuptiRangeProfilerEnable
  Head head;
  void* context;
  void* profiler;
};
struct Ranged {  // cuptiRangeProfilerDisable, cuptiRangeProfilerStart
  Head head;
  void* profiler;
};
struct CounterBytes {  // cuptiRangeProfilerGetCounterDataSize
  Head head;
  void* profiler;
  const char** names;
  size_t count;
  size_t rangeCountMax;
  uint32_t nodeCountMax;
  size_t bytes;
};
struct CounterImage {  // cuptiRangeProfilerCounterDataImageInitialize
  Head head;
  void* profiler;
  size_t bytes;
  uint8_t* image;
};
struct Configure {  // cuptiRangeProfilerSetConfig
  Head head;
  void* profiler;
  size_t configBytes;
  const uint8_t* config;
  size_t counterBytes;
  uint8_t* counters;
  int range;
  int replay;
  size_t rangeCountMax;
  uint16_t nestingCount;
  uint16_t nestingMin;
  size_t passIndex;
  uint16_t nestingTarget;
};
struct Stop {  // cuptiRangeProfilerStop
  Head head;
  void* profiler;
  size_t passIndex;
  size_t nestingTarget;
  uint8_t isAllSubmitted;
};
struct Decode {  // cuptiRangeProfilerDecodeData
  Head head;
  void* profiler;
  size_t droppedCount;
};
struct RangeCount {  // cuptiRangeProfilerGetCounterDataInfo
  Head head;
  const uint8_t* counters;
  size_t counterBytes;
  size_t count;
};

constexpr size_t kConfigureBytes = offsetof(Configure, nestingTarget) + sizeof(Configure::nestingTarget);
constexpr size_t kStopBytes = offsetof(Stop, isAllSubmitted) + sizeof(Stop::isAllSubmitted);

}  // namespace hka::cupti::range
