#include "addon/cuda/counters/range_profiler.h"

#include <dlfcn.h>

#include <type_traits>

namespace hka::addon {

bool RangeProfilerCalls::load(void* library) {
  const auto find = [&](auto& function, const char* name) {
    function = reinterpret_cast<std::decay_t<decltype(function)>>(dlsym(library, name));
    return function != nullptr;
  };
  return find(initialize, "cuptiProfilerInitialize") && find(deinitialize, "cuptiProfilerDeInitialize") &&
         find(getChipName, "cuptiDeviceGetChipName") && find(getAvailability, "cuptiProfilerGetCounterAvailability") &&
         find(openHost, "cuptiProfilerHostInitialize") && find(closeHost, "cuptiProfilerHostDeinitialize") &&
         find(addMetrics, "cuptiProfilerHostConfigAddMetrics") && find(getConfigBytes, "cuptiProfilerHostGetConfigImageSize") &&
         find(getConfig, "cuptiProfilerHostGetConfigImage") && find(getPassCount, "cuptiProfilerHostGetNumOfPasses") &&
         find(evaluate, "cuptiProfilerHostEvaluateToGpuValues") && find(enable, "cuptiRangeProfilerEnable") &&
         find(disable, "cuptiRangeProfilerDisable") && find(getCounterBytes, "cuptiRangeProfilerGetCounterDataSize") &&
         find(clearCounters, "cuptiRangeProfilerCounterDataImageInitialize") && find(configure, "cuptiRangeProfilerSetConfig") &&
         find(start, "cuptiRangeProfilerStart") && find(stop, "cuptiRangeProfilerStop") &&
         find(decode, "cuptiRangeProfilerDecodeData") && find(getRangeCount, "cuptiRangeProfilerGetCounterDataInfo");
}

}  // namespace hka::addon
