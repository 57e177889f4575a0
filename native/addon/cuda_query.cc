#include "cuda_query.h"

#include <dlfcn.h>

namespace hka {
namespace {

// From cuda.h: the values of CUdevice_attribute, stable since CUDA 1.
constexpr int kMultiprocessorCount = 16;
constexpr int kComputeMajor = 75;
constexpr int kComputeMinor = 76;

template <class Function>
Function symbol(void* library, const char* name) {
  return reinterpret_cast<Function>(dlsym(library, name));
}

}  // namespace

CudaDevices queryCudaDevices() {
  CudaDevices result;
  void* library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    result.reason = "there is no CUDA driver (libcuda.so.1)";
    return result;
  }
  const auto init = symbol<int (*)(unsigned)>(library, "cuInit");
  const auto version = symbol<int (*)(int*)>(library, "cuDriverGetVersion");
  const auto count = symbol<int (*)(int*)>(library, "cuDeviceGetCount");
  const auto get = symbol<int (*)(int*, int)>(library, "cuDeviceGet");
  const auto name = symbol<int (*)(char*, int, int)>(library, "cuDeviceGetName");
  const auto attribute = symbol<int (*)(int*, int, int)>(library, "cuDeviceGetAttribute");
  const auto memory = symbol<int (*)(size_t*, int)>(library, "cuDeviceTotalMem_v2");
  if (!init || !version || !count || !get || !name || !attribute || !memory) {
    result.reason = "libcuda.so.1 lacks functions every driver has";
    return result;
  }
  const int failed = init(0);
  int deviceCount = 0;
  if (failed != 0 || count(&deviceCount) != 0) {
    result.reason = "the CUDA driver refused to start, error " + std::to_string(failed);
    return result;
  }
  version(&result.driverVersion);
  for (int index = 0; index < deviceCount; ++index) {
    int device = 0;
    char text[256] = {};
    size_t byteCount = 0;
    CudaDevice found;
    if (get(&device, index) != 0 || name(text, sizeof(text) - 1, device) != 0) continue;
    attribute(&found.computeMajor, kComputeMajor, device);
    attribute(&found.computeMinor, kComputeMinor, device);
    attribute(&found.smCount, kMultiprocessorCount, device);
    memory(&byteCount, device);
    found.name = text;
    found.memoryBytes = byteCount;
    result.devices.push_back(found);
  }
  if (result.devices.empty()) result.reason = "the CUDA driver sees no device";
  return result;
}

}  // namespace hka
