// A compiled kernel of the user, loaded on one device. Called from one thread, that of the device's work. What cannot be done throws
// KernelError with one sentence.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "addon/cuda/compiler/kernel_compiler.h"
#include "addon/cuda/primary_context.h"
#include "kernels/common/launch.h"

namespace hka::addon {

class KernelError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What the driver says of the loaded code.
struct KernelAttributes {
  uint32_t registerCount = 0;  // a thread
  uint32_t staticSharedBytes = 0;
  uint32_t localBytes = 0;  // a thread: spilled registers and arrays
  uint32_t constantBytes = 0;
  uint32_t threadsPerBlockMax = 0;    // that its registers allow
  uint32_t dynamicSharedBytesMax = 0;  // what the device has beside the static part
};

// A device address, or a number of four bytes.
using KernelArgument = std::variant<void*, int32_t, uint32_t, float>;

class CompiledKernel {
 public:
  // `compiled` has succeeded, for this device's compute capability.
  CompiledKernel(int deviceIndex, const CompileResult& compiled);
  ~CompiledKernel();
  CompiledKernel(const CompiledKernel&) = delete;
  CompiledKernel& operator=(const CompiledKernel&) = delete;

  // As a person writes it, with its parameters.
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const KernelAttributes& attributes() const { return attributes_; }

  // Queues one grid on a cudaStream_t (nullptr: the default stream). The arguments must be as many and as large as the kernel's
  // parameters; what an address points at is the caller's care. An error of a kernel that ran before may come up here.
  void launch(void* stream, const kernels::Dim3& grid, const kernels::Dim3& block, uint32_t dynamicSharedBytes,
              const std::vector<KernelArgument>& arguments);
  // Waits for the device. After an error the process' CUDA context is lost, and with it all memory on the device.
  void synchronize();

 private:
  void load(const std::vector<uint8_t>& cubin, const std::string& symbol);
  void readAttributes();
  void checkArguments(const std::vector<KernelArgument>& arguments) const;
  void allowShared(uint32_t dynamicSharedBytes);
  void check(int result, const char* what) const;

  PrimaryContext context_;
  std::string name_;
  std::vector<uint32_t> parameterBytes_;
  KernelAttributes attributes_;
  void* module_ = nullptr;
  void* function_ = nullptr;
  uint32_t allowedSharedBytes_ = 48 << 10;  // what every kernel may have without being asked

  // CUresult is an int, handles are pointers: cuda.h, the same since CUDA 4.0.
  int (*loadModule_)(void**, const void*) = nullptr;
  int (*unloadModule_)(void*) = nullptr;
  int (*getFunction_)(void**, void*, const char*) = nullptr;
  int (*getAttribute_)(int*, int, void*) = nullptr;
  int (*setAttribute_)(void*, int, int) = nullptr;
  int (*getDeviceAttribute_)(int*, int, int) = nullptr;
  int (*launch_)(void*, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void*, void**, void**) = nullptr;
  int (*words_)(int, const char**) = nullptr;
};

}  // namespace hka::addon
