#include "addon/binding/compiled_arguments.h"

#include <cmath>

#include "addon/binding/work_arguments.h"

namespace hka::addon {
namespace {

constexpr uint32_t kThreadsMax = 1024;
constexpr uint32_t kSharedBytesMax = 1 << 20;
constexpr uint32_t kValueCountMax = 256;

std::variant<void*, int32_t, uint32_t, float> valueFrom(const Napi::Value& value, const AllocationTable& allocations) {
  const std::string what = "compiled: each value";
  if (!value.IsObject()) throw DeviceError(what + " must be an object.");
  const Napi::Object object = value.As<Napi::Object>();
  const std::string kind = textFrom(object.Get("kind"), what + ": kind");
  const Napi::Value number = object.Get("value");
  if (kind == "address") {
    const auto address = static_cast<uintptr_t>(wholeNumberFrom(number, what, 1, kAddressMax));
    if (allocations.bytesAt(address) == 0) throw DeviceError(what + ": an address must be that of an allocation of this device.");
    return reinterpret_cast<void*>(address);
  }
  if (kind == "u32") return static_cast<uint32_t>(wholeNumberFrom(number, what, 0, UINT32_MAX));
  const double real = number.IsNumber() ? number.As<Napi::Number>().DoubleValue() : std::nan("");
  if (kind == "f32") return static_cast<float>(real);
  if (kind == "i32" && std::floor(real) == real && real >= INT32_MIN && real <= INT32_MAX) return static_cast<int32_t>(real);
  throw DeviceError(what + " must be an address, an i32, a u32 or an f32.");
}

Napi::Object describeProblem(Napi::Env env, const CounterFact& fact) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("code", fact.code);
  object.Set("sentence", fact.sentence);
  object.Set("remedy", fact.remedy);
  return object;
}

}  // namespace

CompiledCall compiledCallFrom(const JsOptions& options, const AllocationTable& allocations) {
  CompiledCall call;
  call.id = static_cast<uint32_t>(options.wholeNumber("id", 1, UINT32_MAX));
  call.grid.x = static_cast<uint32_t>(options.wholeNumber("blockCount", 1, kernels::kGridXMax));
  call.block.x = static_cast<uint32_t>(options.wholeNumber("blockSize", 1, kThreadsMax));
  call.dynamicSharedBytes = static_cast<uint32_t>(options.wholeNumberOr("dynamicSharedBytes", 0, kSharedBytesMax, 0));
  const Napi::Value values = options.value("values");
  if (!values.IsArray()) throw DeviceError("compiled: values must be an array.");
  const Napi::Array array = values.As<Napi::Array>();
  if (array.Length() > kValueCountMax) throw DeviceError("compiled: there are more than 256 values.");
  for (uint32_t index = 0; index < array.Length(); ++index) call.values.push_back(valueFrom(array.Get(index), allocations));
  return call;
}

Napi::Object describeCompiled(Napi::Env env, const CompiledFacts& facts) {
  Napi::Object answer = Napi::Object::New(env);
  answer.Set("log", facts.log);
  answer.Set("sentence", facts.sentence);
  answer.Set("remedy", facts.remedy);
  if (!facts.isCompiled) return answer;
  Napi::Object kernel = Napi::Object::New(env);
  kernel.Set("id", facts.id);
  kernel.Set("name", facts.name);
  kernel.Set("parameterCount", facts.parameterCount);
  kernel.Set("registersPerThread", facts.registersPerThread);
  kernel.Set("staticSharedBytes", facts.staticSharedBytes);
  kernel.Set("localBytes", facts.localBytes);
  kernel.Set("threadsPerBlockMax", facts.threadsPerBlockMax);
  answer.Set("kernel", kernel);
  return answer;
}

Napi::Object describeCounters(Napi::Env env, const CounterFacts& facts) {
  Napi::Object answer = Napi::Object::New(env);
  if (facts.problem) answer.Set("problem", describeProblem(env, *facts.problem));
  Napi::Array absent = Napi::Array::New(env, facts.absent.size());
  for (uint32_t index = 0; index < facts.absent.size(); ++index) absent.Set(index, describeProblem(env, facts.absent[index]));
  answer.Set("absent", absent);
  return answer;
}

}  // namespace hka::addon
