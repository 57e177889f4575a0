// TensorRT as JavaScript objects. Building, loading, inferring and closing run on other threads and answer by Promises.
#pragma once

#include <napi.h>

namespace hka::addon {

// createTensorrt({ folder? }): probe/engines/tensorrt/native.ts describes what comes back. Throws an Error with `code` and `remedy`.
Napi::Value createTensorrt(const Napi::CallbackInfo& call);

}  // namespace hka::addon
