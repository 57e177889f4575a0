#include "addon/binding/tensorrt_object.h"

#include <memory>

#include "addon/batch_mark.h"
#include "addon/binding/promise_work.h"
#include "addon/binding/tensorrt_arguments.h"
#include "addon/binding/tensorrt_build.h"
#include "addon/compute_device.h"
#include "tensorrt/adapter.h"

namespace hka::addon {
namespace {

using namespace tensorrt;
using Nothing = bool;

// A method whose Problems become Errors with code and remedy.
template <class Body>
void method(Napi::Object object, const char* name, Body body) {
  const auto run = [body](const Napi::CallbackInfo& call) -> Napi::Value {
    try {
      return body(call);
    } catch (const Problem& problem) {
      throw errorFrom(call.Env(), problem);
    }
  };
  object.Set(name, Napi::Function::New(object.Env(), run, name));
}

// Shared by the methods and by the work that is under way; the engine itself goes when the last of it is done after close().
struct OpenEngine {
  std::shared_ptr<Engine> engine;
  [[nodiscard]] std::shared_ptr<Engine> get() const {
    if (engine == nullptr) throw DeviceError("The engine is closed.");
    return engine;
  }
};

Napi::Value infer(const Napi::CallbackInfo& call, const std::shared_ptr<Engine>& engine) {
  auto inputs = inputsFrom(call[0]);
  const bool isProfiled = call[1].IsBoolean() && call[1].As<Napi::Boolean>().Value();
  const uint64_t batch = call[2].IsUndefined() ? 0 : wholeNumberFrom(call[2], "infer: the batch", 0, kBatchMax);
  return PromiseWork<InferOutcome>::run(
      call.Env(), [engine, inputs = std::move(inputs), isProfiled, batch] {
        const BatchMark mark(batch);
        return engine->infer(inputs, isProfiled);
      },
      [](Napi::Env env, InferOutcome& outcome) { return describeInference(env, outcome); }, call[0].As<Napi::Object>());
}

Napi::Value wrapEngine(Napi::Env env, std::unique_ptr<Engine>& engine) {
  const auto open = std::make_shared<OpenEngine>();
  open->engine = std::move(engine);
  Napi::Object object = Napi::Object::New(env);
  object.Set("facts", describeFacts(env, open->engine->facts()));
  object.Set("memory", describeMemory(env, open->engine->memory()));
  method(object, "infer", [open](const Napi::CallbackInfo& call) { return infer(call, open->get()); });
  method(object, "inspect", [open](const Napi::CallbackInfo& call) { return Napi::String::New(call.Env(), open->get()->inspect()); });
  method(object, "layerTimes", [open](const Napi::CallbackInfo& call) { return describeLayerTimes(call.Env(), open->get()->layerTimes()); });
  method(object, "graphRefusal", [open](const Napi::CallbackInfo& call) { return Napi::String::New(call.Env(), open->get()->graphRefusal()); });
  method(object, "resetLayerTimes", [open](const Napi::CallbackInfo& call) {
    open->get()->resetLayerTimes();
    return call.Env().Undefined();
  });
  // The engine goes on a thread of the pool, after the inferences that are under way there.
  method(object, "close", [open](const Napi::CallbackInfo& call) {
    return PromiseWork<Nothing>::run(
        call.Env(),
        [closing = std::make_shared<std::shared_ptr<Engine>>(std::move(open->engine))] {
          closing->reset();
          return true;
        },
        [](Napi::Env env, Nothing&) { return env.Undefined(); });
  });
  return object;
}

}  // namespace

Napi::Value createTensorrt(const Napi::CallbackInfo& call) {
  const JsOptions options(call, "createTensorrt");
  std::shared_ptr<Adapter> adapter;
  try {
    adapter = openAdapter(options.has("folder") ? options.text("folder") : "");
  } catch (const Problem& problem) {
    throw errorFrom(call.Env(), problem);
  }
  Napi::Object object = Napi::Object::New(call.Env());
  object.Set("version", adapter->version());
  method(object, "build", [adapter](const Napi::CallbackInfo& each) {
    if (!each[1].IsFunction()) throw DeviceError("build: the second argument must be a function.");
    return startBuild(adapter, JsOptions(each, "build"), each[1].As<Napi::Function>());
  });
  method(object, "load", [adapter](const Napi::CallbackInfo& each) {
    auto order = std::make_shared<LoadOrder>(loadOrderFrom(JsOptions(each, "load")));
    return PromiseWork<std::unique_ptr<Engine>>::run(each.Env(), [adapter, order] { return adapter->load(std::move(*order)); }, wrapEngine);
  });
  method(object, "mergeTimingCaches", [adapter](const Napi::CallbackInfo& each) {
    return bytesOf(each.Env(), adapter->mergeTimingCaches(cachesFrom(each[0], "mergeTimingCaches: the argument")));
  });
  return object;
}

}  // namespace hka::addon
