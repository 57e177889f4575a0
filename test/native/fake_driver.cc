// A libcuda.so.1 with one device and one context, for programs that open it by hand. FAKE_DRIVER_FAILS makes the device's work fail.
#include <cstdlib>

#define PUBLIC extern "C" __attribute__((visibility("default")))

namespace {
int context = 0;
}

PUBLIC int cuInit(unsigned) { return 0; }
PUBLIC int cuDriverGetVersion(int* version) {
  *version = 13000;
  return 0;
}
PUBLIC int cuDeviceGet(int* device, int index) {
  *device = index;
  return index == 0 ? 0 : 101;  // CUDA_ERROR_INVALID_DEVICE
}
PUBLIC int cuDevicePrimaryCtxRetain(void** out, int) {
  *out = &context;
  return 0;
}
PUBLIC int cuDevicePrimaryCtxRelease_v2(int) { return 0; }
PUBLIC int cuCtxSetCurrent(void*) { return 0; }
PUBLIC int cuCtxSynchronize() { return std::getenv("FAKE_DRIVER_FAILS") != nullptr ? 719 : 0; }
