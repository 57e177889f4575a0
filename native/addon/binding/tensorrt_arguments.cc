#include "addon/binding/tensorrt_arguments.h"

#include <algorithm>
#include <cstring>

#include "addon/compute_device.h"

namespace hka::addon {
namespace {

using namespace tensorrt;

constexpr uint64_t kDimensionMax = INT32_MAX;
constexpr uint32_t kRankMax = 8;  // TensorRT's own
constexpr uint32_t kListMax = 256;

// In the order of the enums of orders.h.
const std::vector<std::string> kSeverities = {"internalError", "error", "warning", "note", "verbose"};
const std::vector<std::string> kPrecisions = {"fp32", "fp16", "int8"};
const std::vector<std::string> kElements = {"float32", "float16", "bfloat16", "int8", "uint8", "int32", "int64", "bool", "other"};
const std::vector<std::string> kDetails = {"names", "none", "whole"};

Napi::Array listFrom(const Napi::Value& value, const std::string& what, uint32_t countMax) {
  if (!value.IsArray() || value.As<Napi::Array>().Length() > countMax) {
    throw DeviceError(what + " must be an array of at most " + std::to_string(countMax) + ".");
  }
  return value.As<Napi::Array>();
}

Shape shapeFrom(const Napi::Value& value, const std::string& what) {
  const Napi::Array array = listFrom(value, what, kRankMax);
  Shape shape;
  for (uint32_t index = 0; index < array.Length(); ++index) shape.push_back(static_cast<int64_t>(wholeNumberFrom(array.Get(index), what, 0, kDimensionMax)));
  return shape;
}

JsBytes typedFrom(const Napi::Value& value, const std::string& what) {
  if (!value.IsTypedArray()) throw DeviceError(what + " must be a typed array.");
  const Napi::TypedArray array = value.As<Napi::TypedArray>();
  return {static_cast<uint8_t*>(array.ArrayBuffer().Data()) + array.ByteOffset(), array.ByteLength()};
}

Bytes bytesFrom(const Napi::Value& value, const std::string& what) {
  const JsBytes bytes = typedFrom(value, what);
  return {bytes.address, bytes.address + bytes.byteCount};
}

std::vector<Profile> profilesFrom(const Napi::Value& value) {
  const std::string what = "build: profiles";
  const Napi::Array array = listFrom(value, what, kListMax);
  std::vector<Profile> profiles;
  for (uint32_t index = 0; index < array.Length(); ++index) {
    const Napi::Array ranges = listFrom(array.Get(index), what + ": each", kListMax);
    Profile& profile = profiles.emplace_back();
    for (uint32_t place = 0; place < ranges.Length(); ++place) {
      const Napi::Value range = ranges.Get(place);
      if (!range.IsObject()) throw DeviceError(what + ": each range must be an object.");
      const Napi::Object object = range.As<Napi::Object>();
      profile.push_back({textFrom(object.Get("input"), what + ": input"), shapeFrom(object.Get("min"), what + ": min"),
                         shapeFrom(object.Get("best"), what + ": best"), shapeFrom(object.Get("max"), what + ": max")});
    }
  }
  return profiles;
}

std::optional<int32_t> dlaCoreFrom(const JsOptions& options) {
  if (!options.has("dlaCore")) return std::nullopt;
  return static_cast<int32_t>(options.wholeNumber("dlaCore", 0, 15));
}

Napi::Array shapeOf(Napi::Env env, const Shape& shape) {
  Napi::Array array = Napi::Array::New(env, shape.size());
  for (uint32_t index = 0; index < shape.size(); ++index) array.Set(index, static_cast<double>(shape[index]));
  return array;
}

}  // namespace

BuildOrder buildOrderFrom(const JsOptions& options) {
  BuildOrder order;
  order.onnxPath = options.text("onnxPath");
  order.precision = static_cast<Precision>(options.wordOr("precision", kPrecisions, 0));
  if (options.has("calibrationCache")) order.calibrationCache = bytesFrom(options.value("calibrationCache"), "build: calibrationCache");
  order.usesSparsity = options.flagOr("usesSparsity", false);
  order.dlaCore = dlaCoreFrom(options);
  if (options.has("profiles")) order.profiles = profilesFrom(options.value("profiles"));
  if (options.has("timingCaches")) order.timingCaches = cachesFrom(options.value("timingCaches"), "build: timingCaches");
  order.workspaceBytesMax = options.wholeNumberOr("workspaceBytesMax", 1, uint64_t{1} << 40, 0);
  order.optimizationLevel = static_cast<int32_t>(options.wholeNumberOr("optimizationLevel", 0, 5, 3));
  order.isVersionCompatible = options.flagOr("isVersionCompatible", false);
  order.layerDetail = static_cast<LayerDetail>(options.wordOr("layerDetail", kDetails, 2));
  order.logSeverityMax = static_cast<LogSeverity>(options.wordOr("logSeverityMax", kSeverities, 3));
  return order;
}

LoadOrder loadOrderFrom(const JsOptions& options) {
  LoadOrder order;
  order.plan = bytesFrom(options.value("plan"), "load: plan");
  order.device = static_cast<int32_t>(options.wholeNumberOr("device", 0, 1023, 0));
  order.dlaCore = dlaCoreFrom(options);
  order.allowsHostCode = options.flagOr("allowsHostCode", false);
  order.capturesGraphs = options.flagOr("capturesGraphs", true);
  return order;
}

std::vector<InputValues> inputsFrom(const Napi::Value& value) {
  const Napi::Array array = listFrom(value, "infer: the argument", kListMax);
  std::vector<InputValues> inputs;
  for (uint32_t index = 0; index < array.Length(); ++index) {
    const Napi::Value each = array.Get(index);
    if (!each.IsObject()) throw DeviceError("infer: each input must be an object.");
    const Napi::Object object = each.As<Napi::Object>();
    const JsBytes values = typedFrom(object.Get("values"), "infer: values");
    inputs.push_back({textFrom(object.Get("name"), "infer: name"), shapeFrom(object.Get("shape"), "infer: shape"), values.address, values.byteCount});
  }
  return inputs;
}

std::vector<Bytes> cachesFrom(const Napi::Value& value, const std::string& what) {
  const Napi::Array array = listFrom(value, what, kListMax);
  std::vector<Bytes> caches;
  for (uint32_t index = 0; index < array.Length(); ++index) caches.push_back(bytesFrom(array.Get(index), what + ": each"));
  return caches;
}

const char* wordOf(LogSeverity severity) { return kSeverities[static_cast<size_t>(severity)].c_str(); }

Napi::Value bytesOf(Napi::Env env, const Bytes& bytes) {
  Napi::Uint8Array array = Napi::Uint8Array::New(env, bytes.size());
  if (!bytes.empty()) std::memcpy(array.Data(), bytes.data(), bytes.size());
  return array;
}

Napi::Object describeFacts(Napi::Env env, const EngineFacts& facts) {
  Napi::Array tensors = Napi::Array::New(env, facts.tensors.size());
  for (uint32_t index = 0; index < facts.tensors.size(); ++index) {
    const TensorFacts& tensor = facts.tensors[index];
    Napi::Object object = Napi::Object::New(env);
    object.Set("name", tensor.name);
    object.Set("element", kElements[static_cast<size_t>(tensor.element)]);
    object.Set("shape", shapeOf(env, tensor.shape));
    object.Set("isInput", tensor.isInput);
    tensors.Set(index, object);
  }
  Napi::Array profiles = Napi::Array::New(env, facts.profiles.size());
  for (uint32_t index = 0; index < facts.profiles.size(); ++index) {
    const Profile& profile = facts.profiles[index];
    Napi::Array ranges = Napi::Array::New(env, profile.size());
    for (uint32_t place = 0; place < profile.size(); ++place) {
      Napi::Object object = Napi::Object::New(env);
      object.Set("input", profile[place].input);
      object.Set("min", shapeOf(env, profile[place].min));
      object.Set("best", shapeOf(env, profile[place].best));
      object.Set("max", shapeOf(env, profile[place].max));
      ranges.Set(place, object);
    }
    profiles.Set(index, ranges);
  }
  Napi::Object answer = Napi::Object::New(env);
  answer.Set("name", facts.name);
  answer.Set("layerCount", facts.layerCount);
  answer.Set("tensors", tensors);
  answer.Set("profiles", profiles);
  return answer;
}

Napi::Object describeMemory(Napi::Env env, const EngineMemory& memory) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("weightsBytes", static_cast<double>(memory.weightsBytes));
  object.Set("areWeightsExact", memory.areWeightsExact);
  object.Set("activationsBytes", static_cast<double>(memory.activationsBytes));
  return object;
}

Napi::Object describeBuild(Napi::Env env, const BuildOutcome& outcome) {
  Napi::Object memory = Napi::Object::New(env);
  memory.Set("weightsBytes", static_cast<double>(outcome.memory.weightsBytes));
  memory.Set("activationsBytes", static_cast<double>(outcome.memory.activationsBytes));
  memory.Set("workspaceBytes", static_cast<double>(outcome.memory.workspaceBytes));
  Napi::Object object = Napi::Object::New(env);
  object.Set("plan", bytesOf(env, outcome.plan));
  object.Set("timingCache", bytesOf(env, outcome.timingCache));
  object.Set("calibrationCache", bytesOf(env, outcome.calibrationCache));
  object.Set("memory", memory);
  return object;
}

Napi::Object describeInference(Napi::Env env, const InferOutcome& outcome) {
  Napi::Array outputs = Napi::Array::New(env, outcome.outputs.size());
  for (uint32_t index = 0; index < outcome.outputs.size(); ++index) {
    const OutputValues& output = outcome.outputs[index];
    Napi::Object object = Napi::Object::New(env);
    object.Set("name", output.name);
    object.Set("element", kElements[static_cast<size_t>(output.element)]);
    object.Set("shape", shapeOf(env, output.shape));
    object.Set("bytes", bytesOf(env, output.bytes));
    outputs.Set(index, object);
  }
  Napi::Object object = Napi::Object::New(env);
  object.Set("outputs", outputs);
  object.Set("startHostNs", Napi::BigInt::New(env, outcome.startHostNs));
  object.Set("durationNs", static_cast<double>(outcome.durationNs));
  object.Set("isGraph", outcome.isGraph);
  return object;
}

Napi::Array describeLayerTimes(Napi::Env env, const std::vector<LayerTime>& times) {
  Napi::Array array = Napi::Array::New(env, times.size());
  for (uint32_t index = 0; index < times.size(); ++index) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("name", times[index].name);
    object.Set("meanNs", times[index].meanNs);
    object.Set("count", static_cast<double>(times[index].count));
    array.Set(index, object);
  }
  return array;
}

}  // namespace hka::addon
