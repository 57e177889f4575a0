// Holds our declarations to NVIDIA's header, where a toolkit is installed. Compiling it is the test.
#include <cupti.h>

#include <cstddef>

#include "collector/cupti_abi.h"

#define SAME(record, member, ours) static_assert(offsetof(record, member) == (ours), #record "." #member)

namespace hka::cupti {

using K = CUpti_ActivityKernel9;
SAME(K, registersPerThread, kernel::kRegisters);
SAME(K, start, kernel::kStart);
SAME(K, end, kernel::kEnd);
SAME(K, deviceId, kernel::kDeviceId);
SAME(K, contextId, kernel::kContextId);
SAME(K, streamId, kernel::kStreamId);
SAME(K, gridX, kernel::kGrid);
SAME(K, blockX, kernel::kBlock);
SAME(K, staticSharedMemory, kernel::kStaticShared);
SAME(K, dynamicSharedMemory, kernel::kDynamicShared);
SAME(K, localMemoryPerThread, kernel::kLocalPerThread);
SAME(K, correlationId, kernel::kCorrelation);
SAME(K, name, kernel::kName);
SAME(K, queued, kernel::kQueued);
SAME(K, submitted, kernel::kSubmitted);
SAME(K, graphNodeId, kernel::kGraphNode);
SAME(CUpti_ActivityKernel5, graphNodeId, kernel::kGraphNode);

using C = CUpti_ActivityMemcpy5;
SAME(C, copyKind, copy::kCopyKind);
SAME(C, srcKind, copy::kSourceKind);
SAME(C, dstKind, copy::kTargetKind);
SAME(C, flags, copy::kFlags);
SAME(C, bytes, copy::kBytes);
SAME(C, start, copy::kStart);
SAME(C, end, copy::kEnd);
SAME(C, deviceId, copy::kDeviceId);
SAME(C, contextId, copy::kContextId);
SAME(C, streamId, copy::kStreamId);
SAME(C, correlationId, copy::kCorrelation);
SAME(C, graphNodeId, copy::kGraphNode);
SAME(CUpti_ActivityMemcpy4, graphNodeId, copy::kGraphNode);

using P = CUpti_ActivityMemcpyPtoP4;
SAME(P, start, copy::kStart);
SAME(P, streamId, copy::kStreamId);
SAME(P, srcDeviceId, peer::kSourceDevice);
SAME(P, dstDeviceId, peer::kTargetDevice);
SAME(P, correlationId, peer::kCorrelation);
SAME(P, graphNodeId, peer::kGraphNode);

using X = CUpti_ActivityExternalCorrelation;
SAME(X, externalKind, external::kExternalKind);
SAME(X, externalId, external::kExternal);
SAME(X, correlationId, external::kCorrelation);
static_assert(static_cast<uint32_t>(CUPTI_EXTERNAL_CORRELATION_KIND_CUSTOM0) == kExternalOurs);
static_assert(static_cast<uint32_t>(CUPTI_ACTIVITY_KIND_EXTERNAL_CORRELATION) == kExternalCorrelation);

using F = CUpti_ActivityMemset4;
SAME(F, value, fill::kValue);
SAME(F, bytes, fill::kBytes);
SAME(F, start, fill::kStart);
SAME(F, end, fill::kEnd);
SAME(F, deviceId, fill::kDeviceId);
SAME(F, contextId, fill::kContextId);
SAME(F, streamId, fill::kStreamId);
SAME(F, correlationId, fill::kCorrelation);
SAME(F, flags, fill::kFlags);
SAME(F, memoryKind, fill::kMemoryKind);
SAME(F, graphNodeId, fill::kGraphNode);

using M = CUpti_ActivityMemory4;
SAME(M, memoryOperationType, memory::kOperation);
SAME(M, memoryKind, memory::kMemoryKind);
SAME(M, correlationId, memory::kCorrelation);
SAME(M, address, memory::kAddress);
SAME(M, bytes, memory::kBytes);
SAME(M, timestamp, memory::kTimestamp);
SAME(M, deviceId, memory::kDeviceId);
SAME(M, contextId, memory::kContextId);
SAME(M, streamId, memory::kStreamId);
SAME(M, name, memory::kName);
SAME(M, isAsync, memory::kIsAsync);
SAME(M, memoryPoolConfig.memoryPoolType, memory::kPoolType);
SAME(M, memoryPoolConfig.address, memory::kPoolAddress);
SAME(M, memoryPoolConfig.utilizedSize, memory::kPoolUsed);
SAME(M, source, memory::kSource);

SAME(CUpti_ActivityAPI, cbid, api::kCallbackId);
SAME(CUpti_ActivityAPI, start, api::kStart);
SAME(CUpti_ActivityAPI, end, api::kEnd);
SAME(CUpti_ActivityAPI, threadId, api::kThreadId);
SAME(CUpti_ActivityAPI, correlationId, api::kCorrelation);
SAME(CUpti_ActivityAPI, returnValue, api::kReturnValue);
SAME(CUpti_ActivitySynchronization, type, sync::kType);
SAME(CUpti_ActivitySynchronization, start, sync::kStart);
SAME(CUpti_ActivitySynchronization, correlationId, sync::kCorrelation);
SAME(CUpti_ActivitySynchronization, streamId, sync::kStreamId);
SAME(CUpti_ActivityOverhead, overheadKind, overhead::kOverheadKind);
SAME(CUpti_ActivityOverhead, objectId, overhead::kObjectId);
SAME(CUpti_ActivityOverhead, start, overhead::kStart);
SAME(CUpti_ActivityDevice5, globalMemoryBandwidth, device::kBandwidth);
SAME(CUpti_ActivityDevice5, globalMemorySize, device::kMemory);
SAME(CUpti_ActivityDevice5, coreClockRate, device::kCoreClock);
SAME(CUpti_ActivityDevice5, numMultiprocessors, device::kSmCount);
SAME(CUpti_ActivityDevice5, maxWarpsPerMultiprocessor, device::kWarpsPerSm);
SAME(CUpti_ActivityDevice5, maxSharedMemoryPerMultiprocessor, device::kSharedPerSm);
SAME(CUpti_ActivityDevice5, maxRegistersPerMultiprocessor, device::kRegistersPerSm);
SAME(CUpti_ActivityDevice5, computeCapabilityMajor, device::kComputeMajor);
SAME(CUpti_ActivityDevice5, id, device::kId);
SAME(CUpti_ActivityDevice5, name, device::kName);
SAME(CUpti_ActivityStream, streamId, stream::kStreamId);
SAME(CUpti_ActivityStream, priority, stream::kPriority);
SAME(CUpti_ActivityStream, flag, stream::kFlag);

static_assert(CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL == static_cast<int>(kConcurrentKernel));
static_assert(CUPTI_ACTIVITY_KIND_MEMCPY == static_cast<int>(kMemcpy));
static_assert(CUPTI_ACTIVITY_KIND_MEMCPY2 == static_cast<int>(kMemcpyPeer));
static_assert(CUPTI_ACTIVITY_KIND_MEMSET == static_cast<int>(kMemset));
static_assert(CUPTI_ACTIVITY_KIND_MEMORY2 == static_cast<int>(kMemory2));
static_assert(CUPTI_ACTIVITY_KIND_RUNTIME == static_cast<int>(kRuntime));
static_assert(CUPTI_ACTIVITY_KIND_DRIVER == static_cast<int>(kDriver));
static_assert(CUPTI_ACTIVITY_KIND_SYNCHRONIZATION == static_cast<int>(kSynchronization));
static_assert(CUPTI_ACTIVITY_KIND_OVERHEAD == static_cast<int>(kOverhead));
static_assert(CUPTI_ACTIVITY_KIND_DEVICE == static_cast<int>(kDevice));
static_assert(CUPTI_ACTIVITY_KIND_CONTEXT == static_cast<int>(kContext));
static_assert(CUPTI_ACTIVITY_KIND_STREAM == static_cast<int>(kStream));
static_assert(CUPTI_ERROR_MULTIPLE_SUBSCRIBERS_NOT_SUPPORTED == kMultipleSubscribers);

}  // namespace hka::cupti
