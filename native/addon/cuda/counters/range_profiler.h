// CUPTI's range profiler, found by name in a loaded libcupti.
#pragma once

#include "addon/cuda/counters/range_profiler_abi.h"

namespace hka::addon {

template <class Record>
using CuptiCall = int (*)(Record*);

struct RangeProfilerCalls {
  CuptiCall<cupti::range::Plain> initialize = nullptr;
  CuptiCall<cupti::range::Plain> deinitialize = nullptr;
  CuptiCall<cupti::range::ChipName> getChipName = nullptr;
  CuptiCall<cupti::range::Availability> getAvailability = nullptr;

  CuptiCall<cupti::range::HostOpen> openHost = nullptr;
  CuptiCall<cupti::range::HostClose> closeHost = nullptr;
  CuptiCall<cupti::range::HostMetrics> addMetrics = nullptr;
  CuptiCall<cupti::range::HostConfigBytes> getConfigBytes = nullptr;
  CuptiCall<cupti::range::HostConfig> getConfig = nullptr;
  CuptiCall<cupti::range::HostPasses> getPassCount = nullptr;
  CuptiCall<cupti::range::HostValues> evaluate = nullptr;

  CuptiCall<cupti::range::Enable> enable = nullptr;
  CuptiCall<cupti::range::Ranged> disable = nullptr;
  CuptiCall<cupti::range::CounterBytes> getCounterBytes = nullptr;
  CuptiCall<cupti::range::CounterImage> clearCounters = nullptr;
  CuptiCall<cupti::range::Configure> configure = nullptr;
  CuptiCall<cupti::range::Ranged> start = nullptr;
  CuptiCall<cupti::range::Stop> stop = nullptr;
  CuptiCall<cupti::range::Decode> decode = nullptr;
  CuptiCall<cupti::range::RangeCount> getRangeCount = nullptr;

  // False when a function is missing: the library is older than CUDA 12.6.
  bool load(void* library);
};

}  // namespace hka::addon
