// One build of a plan on a thread of its own, as it takes minutes. Its log, progress and end reach JavaScript in their order.
#pragma once

#include <napi.h>

#include <memory>

#include "addon/binding/js_arguments.h"
#include "tensorrt/adapter.h"

namespace hka::addon {

// { promise, cancel() }. `onEvent` gets { kind: 'log', ... } and { kind: 'progress', ... }. Ended with the environment, at its next step.
Napi::Object startBuild(const std::shared_ptr<tensorrt::Adapter>& adapter, const JsOptions& options, const Napi::Function& onEvent);

}  // namespace hka::addon
