#include "addon/cuda/cuda_device.h"

#include <nvtx3/nvToolsExt.h>

#include <algorithm>

#include "kernels/cuda_launchers.h"

namespace hka::addon {
namespace {

void check(cudaError_t result, const char* callName) {
  if (result == cudaSuccess) return;
  throw DeviceError(std::string(callName) + ": CUDA answers \"" + cudaGetErrorString(result) + "\" (" +
                    std::to_string(static_cast<int>(result)) + ").");
}

}  // namespace

CudaDevice::CudaDevice(int index) : index_(index), streams_{nullptr} {
  select();
  cudaDeviceProp properties{};
  check(cudaGetDeviceProperties(&properties, index), "createCudaDevice");
  facts_ = {"cuda", properties.name, static_cast<uint32_t>(properties.multiProcessorCount),
            static_cast<double>(properties.totalGlobalMem)};
}

// What fails here fails because the device is gone, and everything with it.
CudaDevice::~CudaDevice() {
  static_cast<void>(cudaSetDevice(index_));
  static_cast<void>(cudaDeviceSynchronize());
  for (void* address : allocations_) static_cast<void>(cudaFree(address));
  for (size_t stream = 1; stream < streams_.size(); ++stream) static_cast<void>(cudaStreamDestroy(streams_[stream]));
}

// CUDA keeps the chosen device per thread, and another device object may have chosen another.
void CudaDevice::select() const { check(cudaSetDevice(index_), "createCudaDevice"); }

uint32_t CudaDevice::createStream() {
  select();
  cudaStream_t stream = nullptr;
  // Non-blocking, or the default stream would order the others.
  check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "createStream");
  streams_.push_back(stream);
  return static_cast<uint32_t>(streams_.size() - 1);
}

void* CudaDevice::allocate(size_t bytes, const std::string&) {
  select();
  void* address = nullptr;
  check(cudaMalloc(&address, bytes), "alloc");
  allocations_.push_back(address);
  return address;
}

void CudaDevice::release(void* address) {
  select();
  // cudaFree waits only for work of which it knows that it uses the memory.
  check(cudaDeviceSynchronize(), "free");
  check(cudaFree(address), "free");
  allocations_.erase(std::remove(allocations_.begin(), allocations_.end(), address), allocations_.end());
}

void CudaDevice::upload(float* target, const float* source, size_t count, uint32_t stream) {
  copy("upload", target, source, count, cudaMemcpyHostToDevice, stream);
}

void CudaDevice::download(float* target, const float* source, size_t count, uint32_t stream) {
  copy("download", target, source, count, cudaMemcpyDeviceToHost, stream);
}

void CudaDevice::copy(const char* callName, float* target, const float* source, size_t count, cudaMemcpyKind kind,
                      uint32_t stream) {
  select();
  check(cudaMemcpyAsync(target, source, count * sizeof(float), kind, streams_[stream]), callName);
  check(cudaStreamSynchronize(streams_[stream]), callName);
}

void CudaDevice::launchGemm(const kernels::GemmArguments& gemm, uint32_t stream) {
  select();
  check(kernels::launchGemm(gemm, streams_[stream]), "gemm");
}

void CudaDevice::launchConv(const kernels::ConvArguments& conv, uint32_t stream) {
  select();
  check(kernels::launchConv(conv, streams_[stream]), "conv3x3");
}

void CudaDevice::launchSoftmax(const kernels::SoftmaxArguments& softmax, uint32_t stream) {
  select();
  check(kernels::launchSoftmax(softmax, streams_[stream]), "softmax");
}

void CudaDevice::launchRelu(const kernels::ReluArguments& relu, uint32_t stream) {
  select();
  check(kernels::launchRelu(relu, streams_[stream]), "relu");
}

void CudaDevice::synchronize() {
  select();
  check(cudaDeviceSynchronize(), "synchronize");
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

}  // namespace hka::addon
