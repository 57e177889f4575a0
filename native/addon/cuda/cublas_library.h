// cuBLAS, when the machine has it: found at run time, so that the addon needs neither its headers nor the library. It is what our own
// GEMM is measured against. Used from one thread, Node's own.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace hka::addon {

class CublasLibrary {
 public:
  // Of this process; looks for the library at the first call. Never unloaded, as CUDA libraries keep threads and contexts.
  static CublasLibrary& instance();

  // Why there is no cuBLAS, as a sentence; empty when there is.
  [[nodiscard]] const std::string& missingReason() const { return missingReason_; }
  // Makes what sgemm() and hgemm() need on the current device for a cudaStream_t, so that the first measured call does not. They do it
  // themselves otherwise. Throws DeviceError when cuBLAS refuses.
  void prepare(void* stream) { static_cast<void>(handleFor(stream)); }

  // C = A · B on the current device, row-major: A is rows × depth, B is depth × columns. Throw DeviceError when cuBLAS is missing or
  // refuses. Each dimension is below 2^31.
  // float32 throughout; TF32 stays off, as cuBLAS's default mode has at least the precision of its operands.
  void sgemm(void* stream, uint32_t rows, uint32_t columns, uint32_t depth, const float* a, const float* b, float* c);
  // a and b are halves, c halves or floats; the sums are float32.
  void hgemm(void* stream, uint32_t rows, uint32_t columns, uint32_t depth, const void* a, const void* b, void* c, bool isFloatOutput);

 private:
  CublasLibrary();
  bool load(const std::string& path);
  // One handle for each device and stream: a handle's workspace is not shared by work that runs at the same time.
  void* handleFor(void* stream);

  // cublas_api.h, the same since cuBLAS 11: handles are pointers, all enumerations ints.
  int (*create_)(void** handle) = nullptr;
  int (*setStream_)(void* handle, void* stream) = nullptr;
  int (*setMathMode_)(void* handle, int mode) = nullptr;
  int (*sgemm_)(void* handle, int turnA, int turnB, int m, int n, int k, const float* alpha, const float* a, int strideA, const float* b,
                int strideB, const float* beta, float* c, int strideC) = nullptr;
  int (*gemmEx_)(void* handle, int turnA, int turnB, int m, int n, int k, const void* alpha, const void* a, int typeA, int strideA,
                 const void* b, int typeB, int strideB, const void* beta, void* c, int typeC, int strideC, int computeType,
                 int algorithm) = nullptr;
  std::string missingReason_;
  std::map<std::pair<int, void*>, void*> handles_;
};

}  // namespace hka::addon
