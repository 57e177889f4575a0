#include "addon/cuda/pinned_copies.h"

#include <cstring>

#include "addon/cuda/cuda_timer.h"

namespace hka::addon {

PinnedCopies::PinnedCopies(size_t bytes) : bytes_(bytes) {
  cudaError_t made = cudaMallocHost(&in_, bytes);
  if (made == cudaSuccess) made = cudaMallocHost(&out_, bytes);
  if (made == cudaSuccess) made = cudaEventCreateWithFlags(&uploaded_, cudaEventDisableTiming);
  if (made == cudaSuccess) return;
  static_cast<void>(cudaFreeHost(in_));
  static_cast<void>(cudaFreeHost(out_));
  checkCuda(made, "pinCopies");
}

PinnedCopies::~PinnedCopies() {
  static_cast<void>(cudaEventSynchronize(uploaded_));
  static_cast<void>(cudaEventDestroy(uploaded_));
  static_cast<void>(cudaFreeHost(in_));
  static_cast<void>(cudaFreeHost(out_));
}

void PinnedCopies::upload(void* target, const void* source, size_t bytes, cudaStream_t stream) {
  checkCuda(cudaEventSynchronize(uploaded_), "upload");  // at once when nothing was uploaded yet
  std::memcpy(in_, source, bytes);
  checkCuda(cudaMemcpyAsync(target, in_, bytes, cudaMemcpyHostToDevice, stream), "upload");
  checkCuda(cudaEventRecord(uploaded_, stream), "upload");
}

void PinnedCopies::download(void* target, const void* source, size_t bytes, cudaStream_t stream) {
  checkCuda(cudaMemcpyAsync(out_, source, bytes, cudaMemcpyDeviceToHost, stream), "download");
  checkCuda(cudaStreamSynchronize(stream), "download");
  std::memcpy(target, out_, bytes);
}

}  // namespace hka::addon
