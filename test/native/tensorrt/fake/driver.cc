// A libcuda.so.1 whose device memory is the host's, with one stream that runs at once and can be captured. FAKE_CUDA_BYTES is how much
// memory it has. A wrong address, a leak at the end, or memory released twice ends the program with code 5.
#include "driver.h"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <unistd.h>
#include <vector>

#define PUBLIC extern "C" __attribute__((visibility("default")))

namespace {

constexpr int kOutOfMemory = 2;
constexpr int kInvalidValue = 1;
constexpr int kCaptureInvalidated = 901;

[[noreturn]] void fail(const char* sentence) {
  std::fprintf(stderr, "fake driver: %s\n", sentence);
  _exit(5);
}

struct Work {
  void (*run)(void*);
  void* state;
};
struct Graph {
  std::vector<Work> works;
};
struct Stream {
  Graph* captured = nullptr;
  bool isBroken = false;
};

struct Device {
  std::mutex mutex;
  std::map<uint64_t, size_t> device;
  std::map<void*, size_t> pinned;
  size_t usedBytes = 0;
  int allocationCount = 0;
  int context = 0;
  int objectCount = 0;  // streams and instances
  ~Device() {
    if (!device.empty() || !pinned.empty()) fail("memory was not released");
    if (objectCount != 0) fail("a stream or a graph was not destroyed");
  }
} device;

size_t capacityBytes() {
  const char* text = std::getenv("FAKE_CUDA_BYTES");
  return text == nullptr ? size_t{1} << 30 : std::strtoull(text, nullptr, 10);
}

void checkRange(uint64_t address, size_t bytes) {
  const std::lock_guard<std::mutex> lock(device.mutex);
  const auto found = device.device.find(address);
  if (found == device.device.end() || bytes > found->second) fail("a copy goes past an allocation");
}

}  // namespace

PUBLIC int cuInit(unsigned) { return 0; }
PUBLIC int cuDeviceGet(int* out, int index) {
  *out = index;
  return index == 0 ? 0 : 101;
}
PUBLIC int cuDevicePrimaryCtxRetain(void** out, int) {
  *out = &device.context;
  return 0;
}
PUBLIC int cuDevicePrimaryCtxRelease_v2(int) { return 0; }
PUBLIC int cuCtxSetCurrent(void*) { return 0; }
PUBLIC int cuCtxSynchronize() { return 0; }
PUBLIC int cuMemGetInfo_v2(size_t* freeBytes, size_t* allBytes) {
  const std::lock_guard<std::mutex> lock(device.mutex);
  *allBytes = capacityBytes();
  *freeBytes = *allBytes - device.usedBytes;
  return 0;
}
PUBLIC int cuMemAlloc_v2(uint64_t* address, size_t bytes) {
  const std::lock_guard<std::mutex> lock(device.mutex);
  if (bytes == 0) return kInvalidValue;
  if (device.usedBytes + bytes > capacityBytes()) return kOutOfMemory;
  *address = reinterpret_cast<uint64_t>(std::malloc(bytes));
  device.device[*address] = bytes;
  device.usedBytes += bytes;
  ++device.allocationCount;
  return 0;
}
PUBLIC int cuMemFree_v2(uint64_t address) {
  const std::lock_guard<std::mutex> lock(device.mutex);
  const auto found = device.device.find(address);
  if (found == device.device.end()) fail("memory is released that is none");
  device.usedBytes -= found->second;
  std::free(reinterpret_cast<void*>(address));
  device.device.erase(found);
  return 0;
}
PUBLIC int cuMemHostAlloc(void** address, size_t bytes, unsigned) {
  const std::lock_guard<std::mutex> lock(device.mutex);
  *address = std::malloc(bytes);
  device.pinned[*address] = bytes;
  ++device.allocationCount;
  return 0;
}
PUBLIC int cuMemFreeHost(void* address) {
  const std::lock_guard<std::mutex> lock(device.mutex);
  if (device.pinned.erase(address) == 0) fail("pinned memory is released that is none");
  std::free(address);
  return 0;
}
PUBLIC int cuMemcpyHtoDAsync_v2(uint64_t target, const void* source, size_t bytes, void*) {
  checkRange(target, bytes);
  __builtin_memcpy(reinterpret_cast<void*>(target), source, bytes);
  return 0;
}
PUBLIC int cuMemcpyDtoHAsync_v2(void* target, uint64_t source, size_t bytes, void*) {
  checkRange(source, bytes);
  __builtin_memcpy(target, reinterpret_cast<const void*>(source), bytes);
  return 0;
}
PUBLIC int cuStreamCreate(void** stream, unsigned) {
  *stream = new Stream;
  ++device.objectCount;
  return 0;
}
PUBLIC int cuStreamDestroy_v2(void* stream) {
  delete static_cast<Stream*>(stream);
  --device.objectCount;
  return 0;
}
PUBLIC int cuStreamSynchronize(void* stream) { return static_cast<Stream*>(stream)->captured != nullptr ? 900 : 0; }
PUBLIC int cuStreamBeginCapture_v2(void* stream, int) {
  if (std::getenv("FAKE_CUDA_REFUSES_CAPTURE") != nullptr) return 801;
  static_cast<Stream*>(stream)->captured = new Graph;
  return 0;
}
PUBLIC int cuGraphDestroy(void* graph);
PUBLIC int cuStreamEndCapture(void* handle, void** graph) {
  Stream& stream = *static_cast<Stream*>(handle);
  *graph = stream.captured;
  stream.captured = nullptr;
  if (!stream.isBroken) return 0;
  static_cast<void>(cuGraphDestroy(*graph));
  *graph = nullptr;
  stream.isBroken = false;
  return kCaptureInvalidated;
}
PUBLIC int cuGraphInstantiateWithFlags(void** instance, void* graph, unsigned long long) {
  *instance = new Graph(*static_cast<Graph*>(graph));
  static_cast<Graph*>(graph)->works.clear();
  ++device.objectCount;
  return 0;
}
PUBLIC int cuGraphDestroy(void* graph) {
  for (const Work& work : static_cast<Graph*>(graph)->works) std::free(work.state);
  delete static_cast<Graph*>(graph);
  return 0;
}
PUBLIC int cuGraphExecDestroy(void* instance) {
  --device.objectCount;
  return cuGraphDestroy(instance);
}
PUBLIC int cuGraphLaunch(void* instance, void*) {
  for (const Work& work : static_cast<Graph*>(instance)->works) work.run(work.state);
  return 0;
}

PUBLIC bool fakeIsCapturing(void* stream) { return static_cast<Stream*>(stream)->captured != nullptr; }
PUBLIC void fakeBreakCapture(void* stream) { static_cast<Stream*>(stream)->isBroken = true; }
PUBLIC void fakeLaunch(void* stream, void (*run)(void*), void* state) {
  if (Graph* graph = static_cast<Stream*>(stream)->captured) {
    graph->works.push_back({run, state});
    return;
  }
  run(state);
  std::free(state);
}
PUBLIC int fakeAllocationCount() { return device.allocationCount; }
