// Page-locked memory beside one stream, through which its copies go: the device reads and writes it without the driver's own copy between,
// and an upload does not wait for the device.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>

namespace hka::addon {

class PinnedCopies {
 public:
  // For copies of up to `bytes`. Throws DeviceError when the system does not lock so much.
  explicit PinnedCopies(size_t bytes);
  ~PinnedCopies();
  PinnedCopies(const PinnedCopies&) = delete;
  PinnedCopies& operator=(const PinnedCopies&) = delete;

  [[nodiscard]] bool fits(size_t bytes) const { return bytes <= bytes_; }
  // Returns when `source` may be written again; the copy is in the order of the stream.
  void upload(void* target, const void* source, size_t bytes, cudaStream_t stream);
  // Returns when `target` is written.
  void download(void* target, const void* source, size_t bytes, cudaStream_t stream);

 private:
  size_t bytes_;
  void* in_ = nullptr;
  void* out_ = nullptr;
  cudaEvent_t uploaded_ = nullptr;  // the last upload has read in_
};

}  // namespace hka::addon
