// One build of a plan on a thread of its own, as it takes minutes. Its log, progress and end reach JavaScript in their order.
#pragma once

#include <napi.h>

#include <memory>

#include "addon/binding/js_arguments.h"
#include "tensorrt/adapter.h"

namespace hka::addon {

// { promise, cancel(), end() }. `onEvent` gets { kind: 'log', ... } and { kind: 'progress', ... }. end() cancels, waits, and tells nobody: for
// the exit of the process, which would run the destructors of TensorRT's libraries while the build goes on in them.
Napi::Object startBuild(const std::shared_ptr<tensorrt::Adapter>& adapter, const JsOptions& options, const Napi::Function& onEvent);

}  // namespace hka::addon
