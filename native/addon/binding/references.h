// runReference({ kernel, ... }): the obviously right version of every kernel family, over typed arrays.
#pragma once

#include <napi.h>

namespace hka::addon {

// Computes into the arrays that stand where a device's addresses would. Throws DeviceError as launch does.
Napi::Value runReference(const Napi::CallbackInfo& call);

}  // namespace hka::addon
