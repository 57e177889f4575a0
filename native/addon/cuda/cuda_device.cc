#include "addon/cuda/cuda_device.h"

#include <nvtx3/nvToolsExt.h>

#include <algorithm>

#include "addon/batch_mark.h"
#include "addon/cuda/compiler/compiled_kernel.h"
#include "addon/cuda/counters/counter_session.h"
#include "addon/cuda/cuda_timer.h"
#include "addon/cuda/pinned_copies.h"

namespace hka::addon {

void checkCuda(cudaError_t result, const char* callName) {
  if (result == cudaSuccess) return;
  static_cast<void>(cudaGetLastError());  // said here; the next launch, maybe another engine's, must not be told of it
  throw DeviceError(std::string(callName) + ": CUDA answers \"" + cudaGetErrorString(result) + "\" (" +
                    std::to_string(static_cast<int>(result)) + ").");
}

CudaDevice::CudaDevice(int index) : index_(index), streams_{nullptr} {
  select();
  cudaDeviceProp properties{};
  checkCuda(cudaGetDeviceProperties(&properties, index), "createCudaDevice");
  facts_.kind = "cuda";
  facts_.name = properties.name;
  facts_.smCount = static_cast<uint32_t>(properties.multiProcessorCount);
  facts_.memoryBytes = static_cast<double>(properties.totalGlobalMem);
  facts_.computeMajor = static_cast<uint32_t>(properties.major);
  facts_.computeMinor = static_cast<uint32_t>(properties.minor);
  facts_.cacheBytes = static_cast<uint32_t>(properties.l2CacheSize);
  facts_.sharedBytesMax = static_cast<uint32_t>(properties.sharedMemPerBlockOptin);
  int clockKhz = 0;  // CUDA 13 no longer has it among the properties
  checkCuda(cudaDeviceGetAttribute(&clockKhz, cudaDevAttrClockRate, index), "createCudaDevice");
  facts_.coreClockKhz = static_cast<uint32_t>(clockKhz);
}

// What fails here fails because the device is gone, and everything with it.
CudaDevice::~CudaDevice() {
  for (; openBatchCount_ > 0; --openBatchCount_) addon::popBatch();  // the thread's, or later calls would belong to them
  static_cast<void>(cudaSetDevice(index_));
  static_cast<void>(cudaDeviceSynchronize());
  counters_.reset();
  for (const auto& [id, graph] : graphs_) static_cast<void>(cudaGraphExecDestroy(graph));
  if (measuring_ != nullptr) static_cast<void>(cudaStreamDestroy(measuring_));
  compiled_.clear();
  pinned_.clear();
  for (void* address : allocations_) static_cast<void>(cudaFree(address));
  for (size_t stream = 1; stream < streams_.size(); ++stream) static_cast<void>(cudaStreamDestroy(streams_[stream]));
}

// CUDA keeps the chosen device per thread, and another device object may have chosen another.
void CudaDevice::select() const { checkCuda(cudaSetDevice(index_), "createCudaDevice"); }

uint32_t CudaDevice::createStream() {
  select();
  cudaStream_t stream = nullptr;
  // Non-blocking, or the default stream would order the others.
  checkCuda(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "createStream");
  streams_.push_back(stream);
  return static_cast<uint32_t>(streams_.size() - 1);
}

void* CudaDevice::allocate(size_t bytes, const std::string&) {
  select();
  void* address = nullptr;
  checkCuda(cudaMalloc(&address, bytes), "alloc");
  allocations_.push_back(address);
  return address;
}

void CudaDevice::release(void* address) {
  select();
  // cudaFree waits only for work of which it knows that it uses the memory.
  checkCuda(cudaDeviceSynchronize(), "free");
  checkCuda(cudaFree(address), "free");
  allocations_.erase(std::remove(allocations_.begin(), allocations_.end(), address), allocations_.end());
}

void CudaDevice::pinCopies(uint32_t stream, size_t bytes) {
  select();
  if (bytes > 0 && pinnedFor(stream, bytes) != nullptr) return;
  checkCuda(cudaStreamSynchronize(streams_[stream]), "pinCopies");
  pinned_.erase(stream);
  if (bytes > 0) pinned_[stream] = std::make_unique<PinnedCopies>(bytes);
}

PinnedCopies* CudaDevice::pinnedFor(uint32_t stream, size_t bytes) const {
  const auto found = pinned_.find(stream);
  return found != pinned_.end() && found->second->fits(bytes) ? found->second.get() : nullptr;
}

void CudaDevice::upload(void* target, const void* source, size_t bytes, uint32_t stream) {
  if (PinnedCopies* pinned = pinnedFor(stream, bytes)) {
    select();
    return pinned->upload(target, source, bytes, streams_[stream]);
  }
  copy("upload", target, source, bytes, cudaMemcpyHostToDevice, stream);
}

void CudaDevice::download(void* target, const void* source, size_t bytes, uint32_t stream) {
  if (PinnedCopies* pinned = pinnedFor(stream, bytes)) {
    select();
    return pinned->download(target, source, bytes, streams_[stream]);
  }
  copy("download", target, source, bytes, cudaMemcpyDeviceToHost, stream);
}

void CudaDevice::uploadDirect(void* target, const void* source, size_t bytes, uint32_t stream) {
  copy("upload", target, source, bytes, cudaMemcpyHostToDevice, stream);
}

// Not into a graph, whose runs would write into the array long after it was given back.
void CudaDevice::fetch(void* target, const void* source, size_t bytes, uint32_t stream) {
  select();
  cudaStreamCaptureStatus capture = cudaStreamCaptureStatusNone;
  checkCuda(cudaStreamIsCapturing(streams_[stream], &capture), "fetch");
  if (capture != cudaStreamCaptureStatusNone) throw DeviceError("fetch: stream " + std::to_string(stream) + " is being captured.");
  checkCuda(cudaMemcpyAsync(target, source, bytes, cudaMemcpyDeviceToHost, streams_[stream]), "fetch");
}

// Portable, because the blocks are made by whatever device is chosen on the thread and may outlive it.
BlockMaker CudaDevice::blockMaker() const {
  const auto allocate = [](size_t bytes) {
    void* address = nullptr;
    checkCuda(cudaHostAlloc(&address, bytes, cudaHostAllocPortable), "reserveHost");
    return address;
  };
  return {allocate, [](void* address) { static_cast<void>(cudaFreeHost(address)); }};
}

void CudaDevice::copy(const char* callName, void* target, const void* source, size_t bytes, cudaMemcpyKind kind, uint32_t stream) {
  select();
  checkCuda(cudaMemcpyAsync(target, source, bytes, kind, streams_[stream]), callName);
  checkCuda(cudaStreamSynchronize(streams_[stream]), callName);
}

void CudaDevice::launch(const Work& work, uint32_t stream) {
  select();
  checkCuda(static_cast<cudaError_t>(work.start(streams_[stream])), work.stages[0].launch.name.c_str());
}

void CudaDevice::synchronize() {
  select();
  checkCuda(cudaDeviceSynchronize(), "synchronize");
}

void CudaDevice::pushRange(const std::string& name) {
  nvtxRangePushA(name.c_str());
  ++openRangeCount_;
}

void CudaDevice::popRange() {
  if (openRangeCount_ == 0) throw DeviceError("popRange: no range is open.");
  --openRangeCount_;
  nvtxRangePop();
}

void CudaDevice::pushBatch(uint64_t batch) {
  addon::pushBatch(batch);
  ++openBatchCount_;
}

void CudaDevice::popBatch() {
  if (openBatchCount_ == 0) throw DeviceError("popBatch: no batch is open.");
  --openBatchCount_;
  addon::popBatch();
}

}  // namespace hka::addon
