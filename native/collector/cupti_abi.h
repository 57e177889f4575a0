// The part of CUPTI's binary interface that the collector uses, declared here so that one binary builds without a CUDA toolkit and
// reads the records of CUDA 11.4 to 13.x. Records only ever grew at the end, so fields are read by offset, and a field of a later
// release is read only when the loaded library surely has it. Source: cupti_activity.h of CUDA 11.4, 12.6 and 13.0; checked
// against the toolkit's header by test/native/cupti_abi_check.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace hka::cupti {

constexpr int kSuccess = 0;
constexpr int kMultipleSubscribers = 39;  // CUPTI_ERROR_MULTIPLE_SUBSCRIBERS_NOT_SUPPORTED
constexpr int kInsufficientPrivileges = 35;
constexpr uint32_t kDomainDriver = 1;   // CUPTI_CB_DOMAIN_DRIVER_API
constexpr uint32_t kDomainRuntime = 2;  // CUPTI_CB_DOMAIN_RUNTIME_API
constexpr int kThreadIdSystem = 1;      // CUPTI_ACTIVITY_THREAD_ID_TYPE_SYSTEM
constexpr uint32_t kFlushForced = 1;    // CUPTI_ACTIVITY_FLAG_FLUSH_FORCED
constexpr uint32_t kExternalOurs = 3;   // CUPTI_EXTERNAL_CORRELATION_KIND_CUSTOM0

// cuptiGetVersion() of the releases at which records or functions grew.
constexpr uint32_t kVersion12_3 = 21;
constexpr uint32_t kVersion12_6 = 24;

enum Kind : uint32_t {
  kMemcpy = 1,
  kMemset = 2,
  kDriver = 4,
  kRuntime = 5,
  kDevice = 8,
  kContext = 9,
  kConcurrentKernel = 10,
  kOverhead = 17,
  kMemcpyPeer = 22,
  kStream = 37,
  kSynchronization = 38,
  kExternalCorrelation = 39,
  kMemory2 = 49,
};

using BufferRequested = void (*)(uint8_t** buffer, size_t* byteCount, size_t* recordCountMax);
using BufferCompleted = void (*)(void* context, uint32_t stream, uint8_t* buffer, size_t byteCount, size_t validBytes);
using TimestampCallback = uint64_t (*)();

using GetVersion = int (*)(uint32_t*);
using Subscribe = int (*)(void** subscriber, void* callback, void* user);
using Unsubscribe = int (*)(void* subscriber);
using RegisterCallbacks = int (*)(BufferRequested, BufferCompleted);
using EnableKind = int (*)(uint32_t kind);
using FlushAll = int (*)(uint32_t flag);
using GetNextRecord = int (*)(uint8_t* buffer, size_t validBytes, void** record);
using GetDropped = int (*)(void* context, uint32_t stream, size_t* count);
using RegisterTimestamp = int (*)(TimestampCallback);
using SetThreadIdType = int (*)(int);
using EnableApi = int (*)(uint32_t callbackId, uint8_t on);
using EnableFlag = int (*)(uint8_t on);
using PushExternal = int (*)(uint32_t externalKind, uint64_t external);
using PopExternal = int (*)(uint32_t externalKind, uint64_t* external);
using GetCallbackName = int (*)(uint32_t domain, uint32_t callbackId, const char** name);
using GetResultString = int (*)(int result, const char** text);

// A field of type T at a byte offset of a record.
template <class T>
T field(const void* record, size_t offset) {
  T value;
  std::memcpy(&value, static_cast<const uint8_t*>(record) + offset, sizeof(T));
  return value;
}

namespace kernel {
constexpr size_t kRegisters = 6, kStart = 16, kEnd = 24, kDeviceId = 40, kContextId = 44, kStreamId = 48, kGrid = 52, kBlock = 64,
                 kStaticShared = 76, kDynamicShared = 80, kLocalPerThread = 84, kCorrelation = 92, kName = 104, kQueued = 120,
                 kSubmitted = 128, kGraphNode = 144;
}
namespace copy {
constexpr size_t kCopyKind = 4, kSourceKind = 5, kTargetKind = 6, kFlags = 7, kBytes = 8, kStart = 16, kEnd = 24, kDeviceId = 32,
                 kContextId = 36, kStreamId = 40, kCorrelation = 44, kGraphNode = 64;
}
namespace peer {
constexpr size_t kSourceDevice = 44, kTargetDevice = 52, kCorrelation = 60, kGraphNode = 72;
}
namespace fill {
constexpr size_t kValue = 4, kBytes = 8, kStart = 16, kEnd = 24, kDeviceId = 32, kContextId = 36, kStreamId = 40, kCorrelation = 44,
                 kFlags = 48, kMemoryKind = 50, kGraphNode = 64;
}
namespace memory {
constexpr size_t kOperation = 4, kMemoryKind = 8, kCorrelation = 12, kAddress = 16, kBytes = 24, kTimestamp = 32, kDeviceId = 52,
                 kContextId = 56, kStreamId = 60, kName = 64, kIsAsync = 72, kPoolType = 80, kPoolAddress = 88, kPoolUsed = 112,
                 kSource = 120;
}
namespace api {
constexpr size_t kCallbackId = 4, kStart = 8, kEnd = 16, kThreadId = 28, kCorrelation = 32, kReturnValue = 36;
}
namespace external {
constexpr size_t kExternalKind = 4, kExternal = 8, kCorrelation = 16;
}
namespace sync {
constexpr size_t kType = 4, kStart = 8, kEnd = 16, kCorrelation = 24, kContextId = 28, kStreamId = 32;
}
namespace overhead {
constexpr size_t kOverheadKind = 4, kObjectKind = 8, kObjectId = 12, kStart = 24, kEnd = 32;
}
namespace device {
constexpr size_t kBandwidth = 8, kMemory = 16, kCoreClock = 36, kSmCount = 44, kWarpsPerSm = 52, kSharedPerSm = 60,
                 kRegistersPerSm = 64, kComputeMajor = 104, kComputeMinor = 108, kId = 112, kName = 136;
}
namespace context {
constexpr size_t kContextId = 4, kDeviceId = 8;
}
namespace stream {
constexpr size_t kContextId = 4, kStreamId = 8, kPriority = 12, kFlag = 16;
constexpr uint32_t kFlagNull = 3;  // CUPTI_ACTIVITY_STREAM_CREATE_FLAG_NULL: the default stream
}

}  // namespace hka::cupti
