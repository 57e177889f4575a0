// The CPU as a device: owns its buffers, launches the twins, writes what happened. One thread launches; nothing here is shared.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "cpu_kernels.h"
#include "recorder.h"

namespace hka {

class CpuDevice {
 public:
  CpuDevice(uint32_t threadCount, int64_t epochNs, uint32_t sourceId);
  ~CpuDevice();

  Recorder& recorder() { return recorder_; }

  // Buffers are named by numbers from 1. A wrong number or size throws std::invalid_argument with a sentence.
  uint32_t alloc(size_t floatCount);
  void free(uint32_t buffer);
  void upload(uint32_t buffer, const float* values, size_t floatCount);
  void download(uint32_t buffer, float* values, size_t floatCount);

  void gemm(uint32_t tile, const GemmShape& shape, uint32_t a, uint32_t b, uint32_t c, uint32_t stream);
  void conv3x3(const ConvShape& shape, uint32_t input, uint32_t weights, uint32_t output, uint32_t stream);
  void softmax(size_t rows, size_t columns, uint32_t input, uint32_t output, uint32_t stream);
  void relu(size_t count, uint32_t input, uint32_t output, uint32_t stream);

 private:
  float* at(uint32_t buffer, size_t floatCount);
  template <class Run>
  void launch(const char* name, uint32_t stream, Run&& run);

  ThreadPool pool_;
  Recorder recorder_;
  uint32_t lastBuffer_ = 0;
  std::unordered_map<uint32_t, std::vector<float>> buffers_;
};

}  // namespace hka
