// INT8 by a calibration cache. TensorRT deprecates it since 10.1 in favour of Q/DQ nodes, and drops it in 11; JetPack 6 has 10.3, whose
// users bring such caches.
#pragma once

#include "tensorrt/v10/tensorrt_10.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace hka::tensorrt::v10 {

// Has no pictures to calibrate with: the cache must hold every tensor.
class CachedCalibration : public nvinfer1::IInt8EntropyCalibrator2 {
 public:
  explicit CachedCalibration(const Bytes& cache) : cache_(cache) {}

  int32_t getBatchSize() const noexcept override { return 1; }
  bool getBatch(void**, const char**, int32_t) noexcept override { return false; }
  const void* readCalibrationCache(std::size_t& byteCount) noexcept override {
    byteCount = cache_.size();
    return cache_.data();
  }
  void writeCalibrationCache(const void* bytes, std::size_t byteCount) noexcept override;
  [[nodiscard]] const Bytes& written() const { return written_; }

 private:
  const Bytes& cache_;
  Bytes written_;
};

}  // namespace hka::tensorrt::v10

#pragma GCC diagnostic pop
