// TensorRT's orders from JavaScript's objects, and its answers as such. The shapes of both are described in probe/engines/tensorrt/native.ts.
#pragma once

#include <napi.h>

#include "addon/binding/js_arguments.h"
#include "tensorrt/orders.h"

namespace hka::addon {

tensorrt::BuildOrder buildOrderFrom(const JsOptions& options);
tensorrt::LoadOrder loadOrderFrom(const JsOptions& options);
// The addresses are of the typed arrays, which must be held, and not be written to, until the inference is done.
std::vector<tensorrt::InputValues> inputsFrom(const Napi::Value& value);
std::vector<tensorrt::Bytes> cachesFrom(const Napi::Value& value, const std::string& what);

const char* wordOf(tensorrt::LogSeverity severity);
Napi::Value bytesOf(Napi::Env env, const tensorrt::Bytes& bytes);
Napi::Object describeFacts(Napi::Env env, const tensorrt::EngineFacts& facts);
Napi::Object describeMemory(Napi::Env env, const tensorrt::EngineMemory& memory);
Napi::Object describeBuild(Napi::Env env, const tensorrt::BuildOutcome& outcome);
Napi::Object describeInference(Napi::Env env, const tensorrt::InferOutcome& outcome);
Napi::Array describeLayerTimes(Napi::Env env, const std::vector<tensorrt::LayerTime>& times);

}  // namespace hka::addon
