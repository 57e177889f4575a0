// Arguments and answers of the user's own kernels and of hardware counters.
#pragma once

#include "addon/allocation_table.h"
#include "addon/binding/js_arguments.h"
#include "addon/compiled_call.h"

namespace hka::addon {

// Throws DeviceError when a value is none, and for an address that is not the beginning of an allocation.
CompiledCall compiledCallFrom(const JsOptions& options, const AllocationTable& allocations);

Napi::Object describeCompiled(Napi::Env env, const CompiledFacts& facts);
Napi::Object describeCounters(Napi::Env env, const CounterFacts& facts);

}  // namespace hka::addon
