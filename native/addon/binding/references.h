#pragma once

#include <napi.h>

namespace hka::addon {

// The naive references as JavaScript functions from Float32Array to Float32Array, for tests and for `runner check`.
Napi::Object makeReferences(Napi::Env env);

}  // namespace hka::addon
