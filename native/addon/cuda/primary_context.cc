#include "addon/cuda/primary_context.h"

#include <dlfcn.h>

namespace hka::addon {

bool PrimaryContext::open(int deviceIndex) {
  // Never closed: the driver keeps threads that must not lose their code.
  driver_ = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (driver_ == nullptr) return false;
  // CUresult and CUdevice are ints, CUcontext is a pointer: cuda.h, the same since CUDA 7.0, where primary contexts began.
  int (*init)(unsigned) = nullptr;
  int (*getDevice)(int*, int) = nullptr;
  int (*retain)(void**, int) = nullptr;
  if (!find(init, "cuInit") || !find(getDevice, "cuDeviceGet") || !find(retain, "cuDevicePrimaryCtxRetain")) return false;
  // The second version has existed since CUDA 11.0.
  if (!find(release_, "cuDevicePrimaryCtxRelease_v2") || !find(setCurrent_, "cuCtxSetCurrent") || !find(synchronize_, "cuCtxSynchronize")) return false;
  if (init(0) != 0 || getDevice(&device_, deviceIndex) != 0 || retain(&context_, device_) != 0) return false;
  return select() == 0;
}

int PrimaryContext::select() { return setCurrent_(context_); }

int PrimaryContext::synchronize() {
  const int result = select();
  return result != 0 ? result : synchronize_();
}

// What fails here fails because the context is gone already.
PrimaryContext::~PrimaryContext() {
  if (context_ != nullptr) static_cast<void>(release_(device_));
}

}  // namespace hka::addon
