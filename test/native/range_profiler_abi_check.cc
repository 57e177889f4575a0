// Holds our declarations of CUPTI's range profiler to NVIDIA's headers, where a toolkit that has it is installed. Compiling it is the test.
#include <cupti.h>

#if __has_include(<cupti_range_profiler.h>)
#include <cupti_profiler_host.h>
#include <cupti_range_profiler.h>
#include <cupti_target.h>

#include "addon/cuda/counters/range_profiler_abi.h"
#include "collector/cupti_abi.h"

#define SAME(theirs, member, ours, field) \
  static_assert(offsetof(theirs, member) == offsetof(ours, field) && sizeof(theirs::member) == sizeof(ours::field), #theirs "." #member)
#define SIZE(theirs, bytes) static_assert(theirs##_STRUCT_SIZE == (bytes), #theirs)

namespace hka::cupti::range {

SIZE(CUpti_Profiler_Initialize_Params, sizeof(Plain));
SIZE(CUpti_Profiler_DeInitialize_Params, sizeof(Plain));
SAME(CUpti_Profiler_Initialize_Params, structSize, Plain, head.structBytes);
SAME(CUpti_Profiler_Initialize_Params, pPriv, Plain, head.reserved);

SIZE(CUpti_Device_GetChipName_Params, sizeof(ChipName));
SAME(CUpti_Device_GetChipName_Params, deviceIndex, ChipName, deviceIndex);
SAME(CUpti_Device_GetChipName_Params, pChipName, ChipName, name);

SIZE(CUpti_Profiler_GetCounterAvailability_Params, sizeof(Availability));
SAME(CUpti_Profiler_GetCounterAvailability_Params, ctx, Availability, context);
SAME(CUpti_Profiler_GetCounterAvailability_Params, counterAvailabilityImageSize, Availability, imageBytes);
SAME(CUpti_Profiler_GetCounterAvailability_Params, pCounterAvailabilityImage, Availability, image);

SIZE(CUpti_Profiler_Host_Initialize_Params, sizeof(HostOpen));
SAME(CUpti_Profiler_Host_Initialize_Params, profilerType, HostOpen, kind);
SAME(CUpti_Profiler_Host_Initialize_Params, pChipName, HostOpen, chipName);
SAME(CUpti_Profiler_Host_Initialize_Params, pCounterAvailabilityImage, HostOpen, availability);
SAME(CUpti_Profiler_Host_Initialize_Params, pHostObject, HostOpen, host);
SIZE(CUpti_Profiler_Host_Deinitialize_Params, sizeof(HostClose));
SAME(CUpti_Profiler_Host_Deinitialize_Params, pHostObject, HostClose, host);
SIZE(CUpti_Profiler_Host_ConfigAddMetrics_Params, sizeof(HostMetrics));
SAME(CUpti_Profiler_Host_ConfigAddMetrics_Params, ppMetricNames, HostMetrics, names);
SAME(CUpti_Profiler_Host_ConfigAddMetrics_Params, numMetrics, HostMetrics, count);
SIZE(CUpti_Profiler_Host_GetConfigImageSize_Params, sizeof(HostConfigBytes));
SAME(CUpti_Profiler_Host_GetConfigImageSize_Params, configImageSize, HostConfigBytes, bytes);
SIZE(CUpti_Profiler_Host_GetConfigImage_Params, sizeof(HostConfig));
SAME(CUpti_Profiler_Host_GetConfigImage_Params, configImageSize, HostConfig, bytes);
SAME(CUpti_Profiler_Host_GetConfigImage_Params, pConfigImage, HostConfig, image);
SIZE(CUpti_Profiler_Host_GetNumOfPasses_Params, sizeof(HostPasses));
SAME(CUpti_Profiler_Host_GetNumOfPasses_Params, pConfigImage, HostPasses, image);
SAME(CUpti_Profiler_Host_GetNumOfPasses_Params, numOfPasses, HostPasses, passCount);
SIZE(CUpti_Profiler_Host_EvaluateToGpuValues_Params, sizeof(HostValues));
SAME(CUpti_Profiler_Host_EvaluateToGpuValues_Params, pCounterDataImage, HostValues, counters);
SAME(CUpti_Profiler_Host_EvaluateToGpuValues_Params, rangeIndex, HostValues, rangeIndex);
SAME(CUpti_Profiler_Host_EvaluateToGpuValues_Params, ppMetricNames, HostValues, names);
SAME(CUpti_Profiler_Host_EvaluateToGpuValues_Params, pMetricValues, HostValues, values);

SIZE(CUpti_RangeProfiler_Enable_Params, sizeof(Enable));
SAME(CUpti_RangeProfiler_Enable_Params, ctx, Enable, context);
SAME(CUpti_RangeProfiler_Enable_Params, pRangeProfilerObject, Enable, profiler);
SIZE(CUpti_RangeProfiler_Disable_Params, sizeof(Ranged));
SIZE(CUpti_RangeProfiler_Start_Params, sizeof(Ranged));
SAME(CUpti_RangeProfiler_Start_Params, pRangeProfilerObject, Ranged, profiler);
SIZE(CUpti_RangeProfiler_GetCounterDataSize_Params, sizeof(CounterBytes));
SAME(CUpti_RangeProfiler_GetCounterDataSize_Params, maxNumOfRanges, CounterBytes, rangeCountMax);
SAME(CUpti_RangeProfiler_GetCounterDataSize_Params, maxNumRangeTreeNodes, CounterBytes, nodeCountMax);
SAME(CUpti_RangeProfiler_GetCounterDataSize_Params, counterDataSize, CounterBytes, bytes);
SIZE(CUpti_RangeProfiler_CounterDataImage_Initialize_Params, sizeof(CounterImage));
SAME(CUpti_RangeProfiler_CounterDataImage_Initialize_Params, pCounterData, CounterImage, image);
SIZE(CUpti_RangeProfiler_SetConfig_Params, kConfigureBytes);
SAME(CUpti_RangeProfiler_SetConfig_Params, pConfig, Configure, config);
SAME(CUpti_RangeProfiler_SetConfig_Params, pCounterDataImage, Configure, counters);
SAME(CUpti_RangeProfiler_SetConfig_Params, range, Configure, range);
SAME(CUpti_RangeProfiler_SetConfig_Params, replayMode, Configure, replay);
SAME(CUpti_RangeProfiler_SetConfig_Params, maxRangesPerPass, Configure, rangeCountMax);
SAME(CUpti_RangeProfiler_SetConfig_Params, minNestingLevel, Configure, nestingMin);
SAME(CUpti_RangeProfiler_SetConfig_Params, passIndex, Configure, passIndex);
SAME(CUpti_RangeProfiler_SetConfig_Params, targetNestingLevel, Configure, nestingTarget);
SIZE(CUpti_RangeProfiler_Stop_Params, kStopBytes);
SAME(CUpti_RangeProfiler_Stop_Params, isAllPassSubmitted, Stop, isAllSubmitted);
SIZE(CUpti_RangeProfiler_DecodeData_Params, sizeof(Decode));
SAME(CUpti_RangeProfiler_DecodeData_Params, numOfRangeDropped, Decode, droppedCount);
SIZE(CUpti_RangeProfiler_GetCounterDataInfo_Params, sizeof(RangeCount));
SAME(CUpti_RangeProfiler_GetCounterDataInfo_Params, numTotalRanges, RangeCount, count);

static_assert(CUPTI_PROFILER_TYPE_RANGE_PROFILER == kHostKindRange);
static_assert(CUPTI_AutoRange == kAutoRange && CUPTI_KernelReplay == kKernelReplay);
static_assert(CUPTI_ERROR_INVALID_PARAMETER == kInvalidParameter && CUPTI_ERROR_NOT_COMPATIBLE == kNotCompatible);
static_assert(CUPTI_ERROR_INVALID_METRIC_NAME == kInvalidMetricName && CUPTI_ERROR_HARDWARE_BUSY == kHardwareBusy);
static_assert(CUPTI_ERROR_NOT_SUPPORTED == kNotSupported && CUPTI_ERROR_OLD_PROFILER_API_INITIALIZED == kOldProfilerApi);
static_assert(CUPTI_ERROR_VIRTUALIZED_DEVICE_NOT_SUPPORTED == kVirtualizedDevice);
static_assert(CUPTI_ERROR_VIRTUALIZED_DEVICE_INSUFFICIENT_PRIVILEGES == kVirtualizedPrivileges);
static_assert(CUPTI_ERROR_CONFIDENTIAL_COMPUTING_NOT_SUPPORTED == kConfidentialComputing);
static_assert(CUPTI_ERROR_MIG_DEVICE_NOT_SUPPORTED == kMigDevice);
static_assert(CUPTI_ERROR_INSUFFICIENT_PRIVILEGES == cupti::kInsufficientPrivileges);

}  // namespace hka::cupti::range
#endif
