// What the CUDA device's own services cost: copies by kind of host memory, launches one by one and as a graph, allocations by allocator.
#include <cstring>

#include "addon/clock.h"
#include "addon/cuda/cuda_device.h"
#include "addon/cuda/cuda_timer.h"
#include "addon/cuda/idle_kernels.h"

namespace hka::addon {
namespace {

double sinceNs(HostNs start) { return static_cast<double>(hostNow().value - start.value); }

// Memory of one kind, given back at the end.
class Memory {
 public:
  Memory(Allocator allocator, size_t bytes, const char* callName) : allocator_(allocator) {
    switch (allocator) {
      case Allocator::kDevice: checkCuda(cudaMalloc(&address_, bytes), callName); break;
      case Allocator::kPinned: checkCuda(cudaMallocHost(&address_, bytes), callName); break;
      case Allocator::kManaged: checkCuda(cudaMallocManaged(&address_, bytes), callName); break;
      case Allocator::kPool: checkCuda(cudaMallocAsync(&address_, bytes, nullptr), callName); break;
    }
  }
  ~Memory() {
    switch (allocator_) {
      case Allocator::kDevice:
      case Allocator::kManaged: static_cast<void>(cudaFree(address_)); break;
      case Allocator::kPinned: static_cast<void>(cudaFreeHost(address_)); break;
      case Allocator::kPool: static_cast<void>(cudaFreeAsync(address_, nullptr)); break;
    }
  }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  [[nodiscard]] uint8_t* address() const { return static_cast<uint8_t*>(address_); }

 private:
  Allocator allocator_;
  void* address_ = nullptr;
};

// A chain of launches on a stream of its own, as a graph where that is asked for. What was made is given back, also when a call fails.
class Chain {
 public:
  Chain(uint32_t launchCount, bool isGraph) : launchCount_(launchCount) {
    checkCuda(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "measureLaunch");
    try {
      if (isGraph) record();
    } catch (...) {
      static_cast<void>(cudaStreamDestroy(stream_));
      throw;
    }
  }
  ~Chain() {
    if (replay_ != nullptr) static_cast<void>(cudaGraphExecDestroy(replay_));
    static_cast<void>(cudaStreamDestroy(stream_));
  }
  Chain(const Chain&) = delete;
  Chain& operator=(const Chain&) = delete;

  // Until all of it is done.
  void run() const {
    if (replay_ != nullptr) checkCuda(cudaGraphLaunch(replay_, stream_), "measureLaunch");
    else checkCuda(launchAll(), "measureLaunch");
    checkCuda(cudaStreamSynchronize(stream_), "measureLaunch");
  }

 private:
  [[nodiscard]] cudaError_t launchAll() const {
    cudaError_t result = cudaSuccess;
    for (uint32_t launch = 0; launch < launchCount_ && result == cudaSuccess; ++launch) result = launchEmpty(stream_);
    return result;
  }

  void record() {
    cudaGraph_t graph = nullptr;
    checkCuda(cudaStreamBeginCapture(stream_, cudaStreamCaptureModeThreadLocal), "measureLaunch");
    const cudaError_t launched = launchAll();
    const cudaError_t ended = cudaStreamEndCapture(stream_, &graph);
    const bool isWhole = launched == cudaSuccess && ended == cudaSuccess;
    const cudaError_t made = isWhole ? cudaGraphInstantiateWithFlags(&replay_, graph, 0) : cudaSuccess;
    if (graph != nullptr) static_cast<void>(cudaGraphDestroy(graph));
    for (const cudaError_t result : {launched, ended, made}) checkCuda(result, "measureLaunch");
  }

  uint32_t launchCount_;
  cudaStream_t stream_ = nullptr;
  cudaGraphExec_t replay_ = nullptr;
};

cudaMemcpyKind kindOf(CopyWay way) {
  if (way == CopyWay::kHostToDevice) return cudaMemcpyHostToDevice;
  return way == CopyWay::kDeviceToHost ? cudaMemcpyDeviceToHost : cudaMemcpyDeviceToDevice;
}

}  // namespace

std::vector<double> CudaDevice::measureCopy(const CopyPlan& plan) {
  select();
  if (static_cast<double>(plan.bytes) * 2 > facts_.memoryBytes) {
    throw DeviceError("measureCopy: the two sides do not fit into the memory of this device.");
  }
  const Memory device(Allocator::kDevice, plan.bytes, "measureCopy");
  std::vector<uint8_t> pageable;
  const bool isPageable = plan.memory == HostMemory::kPageable && plan.way != CopyWay::kDeviceToDevice;
  if (isPageable) pageable.assign(plan.bytes, 1);
  const bool isOnDevice = plan.way == CopyWay::kDeviceToDevice;
  const Memory other(isOnDevice                                  ? Allocator::kDevice
                     : plan.memory == HostMemory::kManaged ? Allocator::kManaged
                                                           : Allocator::kPinned,
                     isPageable ? 1 : plan.bytes, "measureCopy");
  uint8_t* host = isPageable ? pageable.data() : other.address();
  if (!isOnDevice) std::memset(host, 1, plan.bytes);  // touched, so that no sample pays for the first page faults
  const bool isIn = plan.way != CopyWay::kDeviceToHost;
  const CudaTimer timer;
  std::vector<double> samplesNs;
  for (uint32_t sample = 0; sample < plan.sampleCount; ++sample) {
    // Managed memory that the device took is given back by a touch, or later samples would copy within the device.
    if (plan.memory == HostMemory::kManaged && !isOnDevice) std::memset(host, static_cast<int>(sample & 0xff), plan.bytes);
    timer.start(nullptr);
    checkCuda(cudaMemcpyAsync(isIn ? device.address() : host, isIn ? host : device.address(), plan.bytes, kindOf(plan.way), nullptr),
              "measureCopy");
    samplesNs.push_back(timer.stopNs(nullptr));
  }
  return samplesNs;
}

std::vector<double> CudaDevice::measureLaunch(const LaunchPlan& plan) {
  select();
  const Chain chain(plan.launchCount, plan.isGraph);
  if (plan.isGraph) chain.run();  // the first launch of a graph takes it to the device
  std::vector<double> samplesNs;
  for (uint32_t sample = 0; sample < plan.sampleCount; ++sample) {
    const HostNs start = hostNow();
    chain.run();
    samplesNs.push_back(sinceNs(start) / plan.launchCount);
  }
  return samplesNs;
}

std::vector<double> CudaDevice::measureAllocation(const AllocationPlan& plan) {
  select();
  if (plan.allocator == Allocator::kPool) {
    int hasPools = 0;
    checkCuda(cudaDeviceGetAttribute(&hasPools, cudaDevAttrMemoryPoolsSupported, index_), "measureAllocation");
    if (hasPools == 0) throw DeviceError("measureAllocation: this device has no memory pools.");
  }
  std::vector<double> samplesNs;
  for (uint32_t sample = 0; sample < plan.sampleCount; ++sample) {
    const HostNs start = hostNow();
    { const Memory memory(plan.allocator, plan.bytes, "measureAllocation"); }
    samplesNs.push_back(sinceNs(start));
    checkCuda(cudaDeviceSynchronize(), "measureAllocation");
  }
  return samplesNs;
}

}  // namespace hka::addon
