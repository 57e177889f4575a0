// Written by `npm run generate` from shared/wire/tables.ts. Do not edit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace hka::wire {

constexpr uint32_t kMagic = 826362696;
constexpr uint16_t kFormatVersion = 1;
constexpr size_t kHeaderBytes = 32;
constexpr size_t kRowCountMax = 65536;
constexpr size_t kBodyBytesMax = 1048576;
constexpr size_t kStringBytesMax = 8192;
constexpr size_t kHelloBytesMax = 4096;
constexpr size_t kMagicAt = 0;
constexpr size_t kVersionAt = 4;
constexpr size_t kKindAt = 6;
constexpr size_t kSourceIdAt = 8;
constexpr size_t kRowCountAt = 12;
constexpr size_t kSequenceAt = 16;
constexpr size_t kBodyBytesAt = 24;
constexpr size_t kCrc32At = 28;

enum class DeviceKind : uint8_t {
  kCuda = 1,
  kCpu = 2,
};

enum class ProcessEvent : uint8_t {
  kStarted = 1,
  kExited = 2,
};

enum class CopyDirection : uint8_t {
  kUnknown = 0,
  kHostToDevice = 1,
  kDeviceToHost = 2,
  kHostToArray = 3,
  kArrayToHost = 4,
  kArrayToArray = 5,
  kArrayToDevice = 6,
  kDeviceToArray = 7,
  kDeviceToDevice = 8,
  kHostToHost = 9,
  kPeerToPeer = 10,
};

enum class MemoryKind : uint8_t {
  kUnknown = 0,
  kPageable = 1,
  kPinned = 2,
  kDevice = 3,
  kArray = 4,
  kManaged = 5,
  kDeviceStatic = 6,
  kManagedStatic = 7,
};

enum class MemoryOperation : uint8_t {
  kAllocate = 1,
  kFree = 2,
};

enum class SyncKind : uint8_t {
  kUnknown = 0,
  kEvent = 1,
  kStreamWaitEvent = 2,
  kStream = 3,
  kContext = 4,
};

enum class ApiDomain : uint8_t {
  kDriver = 1,
  kRuntime = 2,
};

enum class RangeKind : uint8_t {
  kPushPop = 1,
  kStartEnd = 2,
  kMark = 3,
};

enum class Severity : uint8_t {
  kInfo = 1,
  kWarning = 2,
  kError = 3,
};

enum class OutputStream : uint8_t {
  kStdout = 1,
  kStderr = 2,
};

enum class Lane : uint8_t {
  kVital = 1,
  kBulk = 2,
};

enum class ExperimentEvent : uint8_t {
  kStarted = 1,
  kProgress = 2,
  kDone = 3,
  kFailed = 4,
  kCancelled = 5,
};

enum class PointRole : uint8_t {
  kMeasured = 1,
  kReference = 2,
  kCeiling = 3,
};

enum class RequestOutcome : uint8_t {
  kCompleted = 1,
  kReused = 2,
  kRejected = 3,
  kFailed = 4,
};

enum class Correctness : uint8_t {
  kUnchecked = 0,
  kRight = 1,
  kWrong = 2,
};

// The string table of one source: names are sent once.
struct StringRow {
  static constexpr uint16_t kKind = 1;
  static constexpr const char* kName = "string";
  uint32_t id = 0;  // the number other tables use; 0 is the empty string and is never sent
  std::string_view text;  // as the source gave it: kernel names are still mangled

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(id);
    visit(text);
  }
};

// First packet of a session and of a file.
struct SessionRow {
  static constexpr uint16_t kKind = 2;
  static constexpr const char* kName = "session";
  double epochUnixMs = 0;  // wall clock at SessionNs 0, milliseconds since 1970
  double epochMonotonicNs = 0;  // CLOCK_MONOTONIC of the board at SessionNs 0
  std::string_view sessionId;  // random, new for each session
  std::string_view hostName;  // of the machine that was measured
  std::string_view system;  // operating system, kernel and architecture
  std::string_view model;  // board or processor
  std::string_view probeVersion;  // of the program that measured

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(epochUnixMs);
    visit(epochMonotonicNs);
    visit(sessionId);
    visit(hostName);
    visit(system);
    visit(model);
    visit(probeVersion);
  }
};

// A measured process: one row when it starts, one when it ends.
struct ProcessRow {
  static constexpr uint16_t kKind = 3;
  static constexpr const char* kName = "process";
  double timeNs = 0;  // of the event
  uint8_t event = 0;  // started or exited
  uint32_t pid = 0;  // process
  uint32_t parentPid = 0;  // its parent
  int32_t exitCode = 0;  // of an exit; 128 + signal when a signal ended it; -1 when unknown
  std::string_view executable;  // path
  std::string_view arguments;  // the whole command line, one space between words

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(timeNs);
    visit(event);
    visit(pid);
    visit(parentPid);
    visit(exitCode);
    visit(executable);
    visit(arguments);
  }
};

// Names of threads that made calls.
struct ThreadRow {
  static constexpr uint16_t kKind = 4;
  static constexpr const char* kName = "thread";
  double timeNs = 0;  // when it was first seen
  uint32_t thread = 0;  // system thread id
  std::string_view name;  // as the system knows it

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(timeNs);
    visit(thread);
    visit(name);
  }
};

// A device that runs kernels.
struct DeviceRow {
  static constexpr uint16_t kKind = 5;
  static constexpr const char* kName = "device";
  double timeNs = 0;  // when it was first seen
  uint32_t device = 0;  // index of the device
  uint8_t kind = 0;  // cuda or cpu; a cpu device is labelled CPU wherever it is shown
  uint16_t computeMajor = 0;  // compute capability, major; 0 for a cpu
  uint16_t computeMinor = 0;  // compute capability, minor
  uint32_t smCount = 0;  // streaming multiprocessors now available, or cpu threads used
  uint32_t coreClockKhz = 0;  // kHz; 0 when unknown
  uint32_t memoryClockKhz = 0;  // kHz as the driver says; wrong on Jetson
  double memoryBytes = 0;  // global memory; on a board with unified memory, all of RAM
  double memoryBytesPerSec = 0;  // peak bandwidth as the driver says; 0 when unknown
  uint32_t warpsPerSmMax = 0;  // resident warps an SM can hold
  uint32_t registersPerSm = 0;  // 32-bit registers
  uint32_t sharedBytesPerSm = 0;  // shared memory of one SM
  std::string_view name;  // as the driver gives it

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(timeNs);
    visit(device);
    visit(kind);
    visit(computeMajor);
    visit(computeMinor);
    visit(smCount);
    visit(coreClockKhz);
    visit(memoryClockKhz);
    visit(memoryBytes);
    visit(memoryBytesPerSec);
    visit(warpsPerSmMax);
    visit(registersPerSm);
    visit(sharedBytesPerSm);
    visit(name);
  }
};

// A CUDA context.
struct ContextRow {
  static constexpr uint16_t kKind = 6;
  static constexpr const char* kName = "context";
  double timeNs = 0;  // when it was first seen
  uint32_t context = 0;  // CUDA context
  uint32_t device = 0;  // index of the device

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(timeNs);
    visit(context);
    visit(device);
  }
};

// A CUDA stream.
struct StreamRow {
  static constexpr uint16_t kKind = 7;
  static constexpr const char* kName = "stream";
  double timeNs = 0;  // when it was first seen
  uint32_t context = 0;  // CUDA context
  uint32_t stream = 0;  // CUDA stream, unique within its context
  int32_t priority = 0;  // lower is more urgent
  uint8_t isDefault = 0;  // 1 for the default stream

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(timeNs);
    visit(context);
    visit(stream);
    visit(priority);
    visit(isDefault);
  }
};

// One kernel that ran on a device.
struct KernelRow {
  static constexpr uint16_t kKind = 10;
  static constexpr const char* kName = "kernel";
  double startNs = 0;  // first block began
  double durationNs = 0;  // -1 when it could not be timed
  double queuedNs = 0;  // put into the command buffer; -1 unless latency timestamps are on
  double submittedNs = 0;  // handed to the device; -1 unless latency timestamps are on
  double graphNode = 0;  // node of the CUDA graph that launched it; 0 outside a graph
  uint32_t name = 0;  // mangled
  uint32_t device = 0;  // index of the device
  uint32_t context = 0;  // CUDA context
  uint32_t stream = 0;  // CUDA stream, unique within its context
  uint32_t correlation = 0;  // joins the API call with the work it started, inside one source; 0 is none
  uint32_t gridX = 0;  // blocks in x
  uint32_t gridY = 0;  // blocks in y
  uint32_t gridZ = 0;  // blocks in z
  uint32_t blockX = 0;  // threads in x
  uint32_t blockY = 0;  // threads in y
  uint32_t blockZ = 0;  // threads in z
  uint32_t staticSharedBytes = 0;  // static shared memory a block
  uint32_t dynamicSharedBytes = 0;  // dynamic shared memory a block
  uint32_t localBytes = 0;  // local memory a thread
  uint16_t registers = 0;  // registers a thread

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(startNs);
    visit(durationNs);
    visit(queuedNs);
    visit(submittedNs);
    visit(graphNode);
    visit(name);
    visit(device);
    visit(context);
    visit(stream);
    visit(correlation);
    visit(gridX);
    visit(gridY);
    visit(gridZ);
    visit(blockX);
    visit(blockY);
    visit(blockZ);
    visit(staticSharedBytes);
    visit(dynamicSharedBytes);
    visit(localBytes);
    visit(registers);
  }
};

// One copy.
struct MemcpyRow {
  static constexpr uint16_t kKind = 11;
  static constexpr const char* kName = "memcpy";
  double startNs = 0;  // copy began
  double durationNs = 0;  // -1 when it could not be timed
  double bytes = 0;  // copied
  double graphNode = 0;  // node of the CUDA graph that launched it; 0 outside a graph
  uint32_t device = 0;  // index of the device
  uint32_t context = 0;  // CUDA context
  uint32_t stream = 0;  // CUDA stream, unique within its context
  uint32_t correlation = 0;  // joins the API call with the work it started, inside one source; 0 is none
  uint32_t peerDevice = 0;  // the other device of a peer copy; else the same as device
  uint8_t direction = 0;  // from where to where
  uint8_t sourceKind = 0;  // memory it was read from
  uint8_t targetKind = 0;  // memory it was written to
  uint8_t isAsync = 0;  // 1 for an asynchronous copy

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(startNs);
    visit(durationNs);
    visit(bytes);
    visit(graphNode);
    visit(device);
    visit(context);
    visit(stream);
    visit(correlation);
    visit(peerDevice);
    visit(direction);
    visit(sourceKind);
    visit(targetKind);
    visit(isAsync);
  }
};

// One fill.
struct MemsetRow {
  static constexpr uint16_t kKind = 12;
  static constexpr const char* kName = "memset";
  double startNs = 0;  // fill began
  double durationNs = 0;  // -1 when it could not be timed
  double bytes = 0;  // written
  double graphNode = 0;  // node of the CUDA graph that launched it; 0 outside a graph
  uint32_t value = 0;  // written value
  uint32_t device = 0;  // index of the device
  uint32_t context = 0;  // CUDA context
  uint32_t stream = 0;  // CUDA stream, unique within its context
  uint32_t correlation = 0;  // joins the API call with the work it started, inside one source; 0 is none
  uint8_t kind = 0;  // memory it was written to
  uint8_t isAsync = 0;  // 1 for an asynchronous fill

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(startNs);
    visit(durationNs);
    visit(bytes);
    visit(graphNode);
    visit(value);
    visit(device);
    visit(context);
    visit(stream);
    visit(correlation);
    visit(kind);
    visit(isAsync);
  }
};

// One allocation or free.
struct MemoryRow {
  static constexpr uint16_t kKind = 13;
  static constexpr const char* kName = "memory";
  double timeNs = 0;  // of the call
  double address = 0;  // first byte; exact, because addresses stay below 2^53
  double bytes = 0;  // size
  double poolAddress = 0;  // of the pool; 0 outside pools
  double poolUsedBytes = 0;  // of the pool after the operation; 0 outside pools
  uint32_t device = 0;  // index of the device
  uint32_t context = 0;  // CUDA context
  uint32_t stream = 0;  // of an asynchronous operation; 0xffffffff when none
  uint32_t correlation = 0;  // joins the API call with the work it started, inside one source; 0 is none
  uint32_t library = 0;  // the library that allocated, or the name given to the allocation; 0 when unknown
  uint8_t operation = 0;  // allocate or free
  uint8_t kind = 0;  // which memory
  uint8_t isPool = 0;  // 1 when it came from a memory pool
  uint8_t isAsync = 0;  // 1 for cudaMallocAsync and its like

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(timeNs);
    visit(address);
    visit(bytes);
    visit(poolAddress);
    visit(poolUsedBytes);
    visit(device);
    visit(context);
    visit(stream);
    visit(correlation);
    visit(library);
    visit(operation);
    visit(kind);
    visit(isPool);
    visit(isAsync);
  }
};

// One call into CUDA.
struct ApiRow {
  static constexpr uint16_t kKind = 14;
  static constexpr const char* kName = "api";
  double startNs = 0;  // call entered
  double durationNs = 0;  // until it returned
  uint32_t name = 0;  // of the function
  uint32_t thread = 0;  // system thread id
  uint32_t correlation = 0;  // joins the API call with the work it started, inside one source; 0 is none
  uint32_t returnValue = 0;  // 0 is success
  uint8_t domain = 0;  // driver or runtime

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(startNs);
    visit(durationNs);
    visit(name);
    visit(thread);
    visit(correlation);
    visit(returnValue);
    visit(domain);
  }
};

// An NVTX range or mark, or one of our own.
struct RangeRow {
  static constexpr uint16_t kKind = 15;
  static constexpr const char* kName = "range";
  double startNs = 0;  // pushed or started
  double durationNs = 0;  // 0 for a mark; -1 when it never ended
  uint32_t name = 0;  // message
  uint32_t domain = 0;  // NVTX domain; 0 is the default one
  uint32_t category = 0;  // NVTX category; 0 is none
  uint32_t thread = 0;  // system thread id that began it
  uint32_t endThread = 0;  // system thread id that ended it
  uint32_t color = 0;  // ARGB; 0 when none was given
  uint16_t depth = 0;  // ranges open on the thread when it began; 0 for start/end ranges
  uint8_t kind = 0;  // push/pop, start/end or mark

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(startNs);
    visit(durationNs);
    visit(name);
    visit(domain);
    visit(category);
    visit(thread);
    visit(endThread);
    visit(color);
    visit(depth);
    visit(kind);
  }
};

// One wait for the device.
struct SyncRow {
  static constexpr uint16_t kKind = 16;
  static constexpr const char* kName = "sync";
  double startNs = 0;  // wait began
  double durationNs = 0;  // of the wait
  uint32_t context = 0;  // CUDA context
  uint32_t stream = 0;  // 0xffffffff when it is not about one stream
  uint32_t correlation = 0;  // joins the API call with the work it started, inside one source; 0 is none
  uint8_t kind = 0;  // what was waited for

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(startNs);
    visit(durationNs);
    visit(context);
    visit(stream);
    visit(correlation);
    visit(kind);
  }
};

// Time that measuring itself took: of CUPTI and of the collector.
struct OverheadRow {
  static constexpr uint16_t kKind = 17;
  static constexpr const char* kName = "overhead";
  double startNs = 0;  // began
  double durationNs = 0;  // of it
  uint32_t name = 0;  // what it was
  uint32_t thread = 0;  // system thread id; 0 when it belongs to none

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(startNs);
    visit(durationNs);
    visit(name);
    visit(thread);
  }
};

// One reading of one sensor or counter.
struct HealthRow {
  static constexpr uint16_t kKind = 18;
  static constexpr const char* kName = "health";
  double timeNs = 0;  // of the reading
  double value = 0;  // in the unit that the metric name ends with
  uint32_t metric = 0;  // such as cpu0_load_ratio

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(timeNs);
    visit(value);
    visit(metric);
  }
};

// Records that were dropped, by whom and why. Nothing is lost without such a row.
struct LossRow {
  static constexpr uint16_t kKind = 19;
  static constexpr const char* kName = "loss";
  double startNs = 0;  // of the interval in which they were lost
  double endNs = 0;  // of that interval
  double count = 0;  // records; 0 when only the bytes are known
  double bytes = 0;  // bytes; 0 when only the records are known
  std::string_view stage;  // cupti, collector, intake, spool, link
  std::string_view reason;  // one short clause

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(startNs);
    visit(endNs);
    visit(count);
    visit(bytes);
    visit(stage);
    visit(reason);
  }
};

// Something the user should know, with a remedy.
struct DiagnosticRow {
  static constexpr uint16_t kKind = 20;
  static constexpr const char* kName = "diagnostic";
  double timeNs = 0;  // when it was found
  uint8_t severity = 0;  // info, warning or error
  std::string_view code;  // stable, for programs
  std::string_view sentence;  // for people
  std::string_view remedy;  // what to do; empty when nothing is needed

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(timeNs);
    visit(severity);
    visit(code);
    visit(sentence);
    visit(remedy);
  }
};

// What a viewer missed because it left the ring before it was read. One row a table.
struct GapRow {
  static constexpr uint16_t kKind = 21;
  static constexpr const char* kName = "gap";
  double timeNs = 0;  // when the hole was found
  double firstSequence = 0;  // first packet of the hole
  double lastSequence = 0;  // last packet of the hole
  double packetCount = 0;  // packets of this table in the hole
  double rowCount = 0;  // rows of this table in the hole
  uint16_t table = 0;  // kind number of the table
  uint8_t lane = 0;  // lane of the hole
  uint8_t isExact = 0;  // 1 when the counts are exact, 0 when they are the most it can be

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(timeNs);
    visit(firstSequence);
    visit(lastSequence);
    visit(packetCount);
    visit(rowCount);
    visit(table);
    visit(lane);
    visit(isExact);
  }
};

// What a launched target wrote to its standard output and error.
struct OutputRow {
  static constexpr uint16_t kKind = 22;
  static constexpr const char* kName = "output";
  double timeNs = 0;  // when it was read
  uint32_t pid = 0;  // of the launched process
  uint8_t stream = 0;  // stdout or stderr
  std::string_view text;  // a piece of it, cut anywhere

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(timeNs);
    visit(pid);
    visit(stream);
    visit(text);
  }
};

// Last packet of a file that was closed properly.
struct EndRow {
  static constexpr uint16_t kKind = 23;
  static constexpr const char* kName = "end";
  double timeNs = 0;  // when it was closed
  double packetCount = 0;  // packets before this one
  double rowCount = 0;  // rows before this one

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(timeNs);
    visit(packetCount);
    visit(rowCount);
  }
};

// What an experiment asks for, how far it is, and how it ended.
struct ExperimentRow {
  static constexpr uint16_t kKind = 24;
  static constexpr const char* kName = "experiment";
  double timeNs = 0;  // of the event
  uint8_t event = 0;  // started, progress, done, failed or cancelled
  uint8_t deviceKind = 0;  // where it runs
  double experiment = 0;  // random; joins its rows over all sources
  uint32_t doneCount = 0;  // points that have a row, those that failed among them
  uint32_t pointCount = 0;  // points that it will have
  std::string_view device;  // name of the device; empty until it is known
  std::string_view spec;  // JSON of shared/rpc/experiment.ts, in the row that says started
  std::string_view sentence;  // what is being measured, or why it failed
  std::string_view remedy;  // what to do; empty when nothing is needed

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(timeNs);
    visit(event);
    visit(deviceKind);
    visit(experiment);
    visit(doneCount);
    visit(pointCount);
    visit(device);
    visit(spec);
    visit(sentence);
    visit(remedy);
  }
};

// One measured point of an experiment. -1 is "not known".
struct PointRow {
  static constexpr uint16_t kKind = 25;
  static constexpr const char* kName = "point";
  double startNs = 0;  // its measurement began, warming up among it
  double durationNs = 0;  // of the measurement
  double experiment = 0;  // of its experiment
  uint32_t index = 0;  // of the point in its experiment, from 0; a later row of the same index replaces an earlier one
  uint8_t role = 0;  // measured, reference or ceiling
  uint8_t correctness = 0;  // unchecked, right or wrong
  uint8_t isNoisy = 0;  // 1 when the samples spread so much that the median says little
  double x = 0;  // place on the axis that is swept: side, block size, batch, streams, bytes or launches
  double medianNs = 0;  // of one launch, with warm caches
  double minNs = 0;  // shortest sample
  double spreadRatio = 0;  // distance of the quartiles over the median
  double coldNs = 0;  // median with caches swept before each sample
  uint32_t sampleCount = 0;  // samples
  double errorMax = 0;  // largest relative error against the reference
  double flops = 0;  // floating-point operations of one launch
  double bytes = 0;  // least memory traffic of one launch
  double flopsPerSec = 0;  // flops over the median
  double bytesPerSec = 0;  // bytes over the median
  double referenceRatio = 0;  // median of the reference at the same x over this median
  double ceilingRatio = 0;  // share of what the device can do at this ratio of flops to bytes, by the ceilings measured in the same run
  uint32_t threadsPerBlock = 0;  // threads of a block
  double blockCount = 0;  // blocks of the grid
  int32_t registers = 0;  // registers a thread
  int32_t sharedBytes = 0;  // static and dynamic shared memory of a block
  double occupancyRatio = 0;  // theoretical occupancy
  double coreClockKhz = 0;  // core clock during the measurement
  double temperatureC = 0;  // of the device during the measurement
  std::string_view series;  // variant, allocator, kind of memory: what is compared at one x
  std::string_view label;  // for people, such as 512 × 512 × 512
  std::string_view precision;  // fp32, fp16 or empty
  std::string_view kernel;  // name of the kernel as the timeline shows it
  std::string_view limiter;  // what limits the theoretical occupancy: warps, blocks, registers, shared memory, barriers
  std::string_view failure;  // why there is no result; empty when there is one

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(startNs);
    visit(durationNs);
    visit(experiment);
    visit(index);
    visit(role);
    visit(correctness);
    visit(isNoisy);
    visit(x);
    visit(medianNs);
    visit(minNs);
    visit(spreadRatio);
    visit(coldNs);
    visit(sampleCount);
    visit(errorMax);
    visit(flops);
    visit(bytes);
    visit(flopsPerSec);
    visit(bytesPerSec);
    visit(referenceRatio);
    visit(ceilingRatio);
    visit(threadsPerBlock);
    visit(blockCount);
    visit(registers);
    visit(sharedBytes);
    visit(occupancyRatio);
    visit(coreClockKhz);
    visit(temperatureC);
    visit(series);
    visit(label);
    visit(precision);
    visit(kernel);
    visit(limiter);
    visit(failure);
  }
};

// What hardware counters say of a point, measured in a pass of its own.
struct PointMetricRow {
  static constexpr uint16_t kKind = 26;
  static constexpr const char* kName = "pointMetric";
  double timeNs = 0;  // when it was measured
  double experiment = 0;  // of its experiment
  uint32_t index = 0;  // of the point
  double value = 0;  // in the unit that the metric name ends with
  std::string_view metric;  // such as achieved_occupancy_ratio, load_sectors_per_request, l2_hit_ratio, dram_read_bytes

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(timeNs);
    visit(experiment);
    visit(index);
    visit(value);
    visit(metric);
  }
};

// One request to a model, when it was answered. -1 where that moment did not come.
struct RequestRow {
  static constexpr uint16_t kKind = 27;
  static constexpr const char* kName = "request";
  double arrivalNs = 0;  // it came
  double dispatchNs = 0;  // its batch was given to a stream
  double completionNs = 0;  // it was answered
  double deadlineNs = 0;  // until which it was wanted; -1 when there was none
  double batchWaitNs = 0;  // a stream was free and it waited for its batch to fill
  double request = 0;  // of the request, unique in its source
  double parent = 0;  // request or pipeline run that it belongs to; 0 is none
  double batch = 0;  // that it ran in; 0 is none
  double key = 0;  // who asked: a camera, a user
  uint8_t priority = 0;  // level; 1 is the highest
  uint8_t stage = 0;  // place in its pipeline, from 0
  uint8_t tier = 0;  // degradation tier that answered it; 0 is the full model
  uint8_t outcome = 0;  // completed, reused, rejected or failed
  std::string_view model;  // name
  std::string_view version;  // of the model that answered
  std::string_view reason;  // why it has no result of its own; empty when it has

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(arrivalNs);
    visit(dispatchNs);
    visit(completionNs);
    visit(deadlineNs);
    visit(batchWaitNs);
    visit(request);
    visit(parent);
    visit(batch);
    visit(key);
    visit(priority);
    visit(stage);
    visit(tier);
    visit(outcome);
    visit(model);
    visit(version);
    visit(reason);
  }
};

// Requests that ran together.
struct BatchRow {
  static constexpr uint16_t kKind = 28;
  static constexpr const char* kName = "batch";
  double startNs = 0;  // the engine began
  double durationNs = 0;  // until its end; -1 when it was ended before it was done
  double predictedNs = 0;  // what the cost model had said
  double batch = 0;  // of the batch, and the external correlation of its kernels
  uint32_t requestCount = 0;  // requests in it
  uint32_t stream = 0;  // of the scheduler’s pool
  uint8_t tier = 0;  // degradation tier
  uint8_t isOk = 0;  // 0 when the engine failed
  std::string_view model;  // name
  std::string_view version;  // of the model
  std::string_view engine;  // that ran it
  std::string_view neighbours;  // engines that ran beside it when it began, one space between them

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(startNs);
    visit(durationNs);
    visit(predictedNs);
    visit(batch);
    visit(requestCount);
    visit(stream);
    visit(tier);
    visit(isOk);
    visit(model);
    visit(version);
    visit(engine);
    visit(neighbours);
  }
};

// How many requests of a model wait at a priority.
struct QueueRow {
  static constexpr uint16_t kKind = 29;
  static constexpr const char* kName = "queue";
  double timeNs = 0;  // of the sample
  uint32_t depth = 0;  // requests
  uint8_t priority = 0;  // level; 1 is the highest
  std::string_view model;  // name
  std::string_view version;  // of the model

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(timeNs);
    visit(depth);
    visit(priority);
    visit(model);
    visit(version);
  }
};

// Time of one layer of an engine at one batch size, over several runs.
struct LayerRow {
  static constexpr uint16_t kKind = 30;
  static constexpr const char* kName = "layer";
  double timeNs = 0;  // it was read from the engine
  double offsetNs = 0;  // mean start after the start of the run; -1 where the engine does not say
  double averageNs = 0;  // mean of the runs
  double medianNs = 0;  // median of the runs
  double totalNs = 0;  // sum of the runs
  uint32_t batchSize = 0;  // items in a batch
  uint32_t runCount = 0;  // runs
  uint32_t index = 0;  // place in the engine, from 0
  std::string_view model;  // name
  std::string_view engine;  // that ran it
  std::string_view precision;  // such as fp32
  std::string_view name;  // of the layer
  std::string_view type;  // operator, or what the engine calls the kind of layer

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(timeNs);
    visit(offsetNs);
    visit(averageNs);
    visit(medianNs);
    visit(totalNs);
    visit(batchSize);
    visit(runCount);
    visit(index);
    visit(model);
    visit(engine);
    visit(precision);
    visit(name);
    visit(type);
  }
};

// What the scheduler decided, and why a request was late.
struct DecisionRow {
  static constexpr uint16_t kKind = 31;
  static constexpr const char* kName = "decision";
  double timeNs = 0;  // of the decision
  double request = 0;  // that it is about; 0 is none
  double batch = 0;  // late: that held the stream before; 0 is none
  double valueNs = 0;  // late: how much; dropped: age of the image
  double queuedNs = 0;  // late: waiting behind others
  double serviceNs = 0;  // late: in the engine
  int32_t from = 0;  // tier or limit before; cut: objects that were found
  int32_t to = 0;  // tier or limit after; cut: objects that the next stage got
  std::string_view kind;  // late, rejected, delayed, dropped, tier, batch-limit, pressure, cut, version, engine
  std::string_view model;  // or source
  std::string_view version;  // of the model
  std::string_view because;  // cause, reason or state
  std::string_view other;  // late: model of the batch that held the stream

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(timeNs);
    visit(request);
    visit(batch);
    visit(valueNs);
    visit(queuedNs);
    visit(serviceNs);
    visit(from);
    visit(to);
    visit(kind);
    visit(model);
    visit(version);
    visit(because);
    visit(other);
  }
};

// One run of a pipeline from its first stage to its last answer.
struct PipelineRow {
  static constexpr uint16_t kKind = 32;
  static constexpr const char* kName = "pipeline";
  double arrivalNs = 0;  // it came
  double completionNs = 0;  // its last answer
  double deadlineNs = 0;  // until which it was wanted; -1 when there was none
  double run = 0;  // of the run; its requests have it as parent
  uint8_t isOk = 0;  // 0 when a stage failed
  std::string_view pipeline;  // name
  std::string_view stages;  // JSON: model, startNs, latencyNs, budgetNs, requestCount of each stage

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(arrivalNs);
    visit(completionNs);
    visit(deadlineNs);
    visit(run);
    visit(isOk);
    visit(pipeline);
    visit(stages);
  }
};

// A call into CUDA that was made for a batch: CUPTI’s external correlation. Its kernels have the same correlation.
struct ExternalRow {
  static constexpr uint16_t kKind = 33;
  static constexpr const char* kName = "external";
  double timeNs = 0;  // the batch began to be launched
  double external = 0;  // of the batch, as in the table batch
  uint32_t correlation = 0;  // joins the API call with the work it started, inside one source; 0 is none
  uint32_t thread = 0;  // system thread id

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(timeNs);
    visit(external);
    visit(correlation);
    visit(thread);
  }
};

// How an engine comes to be: its steps, and what it says meanwhile.
struct BuildRow {
  static constexpr uint16_t kKind = 34;
  static constexpr const char* kName = "build";
  double timeNs = 0;  // it was said
  uint32_t step = 0;  // steps done of the phase
  uint32_t stepCount = 0;  // steps of the phase; 0 when nobody knows
  uint8_t severity = 0;  // info, warning or error
  std::string_view kind;  // began, progress, log, done, failed or cancelled
  std::string_view model;  // name
  std::string_view version;  // of the model
  std::string_view engine;  // kernels, onnxruntime or tensorrt
  std::string_view precision;  // such as fp16
  std::string_view phase;  // reading, building, loading, warming up; of TensorRT also its own phases
  std::string_view parent;  // phase that this one is a part of; empty at the top
  std::string_view text;  // one line

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(timeNs);
    visit(step);
    visit(stepCount);
    visit(severity);
    visit(kind);
    visit(model);
    visit(version);
    visit(engine);
    visit(precision);
    visit(phase);
    visit(parent);
    visit(text);
  }
};

// A value that goes from one layer of an engine into another.
struct EdgeRow {
  static constexpr uint16_t kKind = 35;
  static constexpr const char* kName = "edge";
  double timeNs = 0;  // it was read from the engine
  double bytes = 0;  // of the value at a batch of 1; -1 when nobody knows
  int32_t fromLayer = 0;  // index of the layer that makes it, as in the table layer; -1 is an input of the network
  int32_t toLayer = 0;  // index of the layer that reads it; -1 is an output of the network
  std::string_view model;  // name
  std::string_view engine;  // that ran it, as in the table layer
  std::string_view tensor;  // name of the value
  std::string_view shape;  // such as 1 × 64 × 80 × 80; empty when nobody knows

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    visit(timeNs);
    visit(bytes);
    visit(fromLayer);
    visit(toLayer);
    visit(model);
    visit(engine);
    visit(tensor);
    visit(shape);
  }
};

}  // namespace hka::wire
