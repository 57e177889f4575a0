// The CUDA context that the runtime uses on a device, through the driver opened by hand.
#pragma once

#include <dlfcn.h>

#include <type_traits>

namespace hka::addon {

class PrimaryContext {
 public:
  PrimaryContext() = default;
  ~PrimaryContext();
  PrimaryContext(const PrimaryContext&) = delete;
  PrimaryContext& operator=(const PrimaryContext&) = delete;

  // Keeps the context of the device alive until the end of this object. False when there is no driver or no such device.
  bool open(int deviceIndex);
  [[nodiscard]] void* handle() const { return context_; }
  [[nodiscard]] int device() const { return device_; }
  // Makes it the calling thread's context. A CUresult.
  int select();
  // The same, and waits for all of its work. A CUresult: of the kernels too that failed meanwhile.
  int synchronize();
  // A function of the driver by name; false when this driver has none.
  template <class Function>
  bool find(Function& function, const char* name) const {
    function = reinterpret_cast<Function>(dlsym(driver_, name));
    return function != nullptr;
  }

 private:
  void* driver_ = nullptr;
  int (*release_)(int) = nullptr;
  int (*setCurrent_)(void*) = nullptr;
  int (*synchronize_)() = nullptr;
  int device_ = 0;
  void* context_ = nullptr;
};

}  // namespace hka::addon
