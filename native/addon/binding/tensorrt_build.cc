#include "addon/binding/tensorrt_build.h"

#include <atomic>
#include <thread>

#include "addon/binding/promise_work.h"
#include "addon/binding/tensorrt_arguments.h"

namespace hka::addon {
namespace {

// A verbose build writes some 10,000 lines; what JavaScript is too slow for is counted, and the build does not wait for it.
constexpr size_t kEventCountMax = 16384;

struct BuildRun {
  BuildRun(Napi::Env env, tensorrt::BuildOrder wanted) : deferred(env), order(std::move(wanted)) {}

  Napi::Promise::Deferred deferred;  // Node's thread only
  tensorrt::BuildOrder order;
  std::atomic<bool> isCancelled{false};
  std::atomic<uint32_t> lostEventCount{0};
  Napi::ThreadSafeFunction events;
  std::thread thread;
  // Written by the thread before its last event, read after it.
  tensorrt::BuildOutcome outcome;
  std::unique_ptr<tensorrt::Problem> problem;
};

struct Event {
  bool isLog = false;
  tensorrt::LogSeverity severity = tensorrt::LogSeverity::verbose;
  std::string text;  // of the line, or the phase
  std::string parent;
  int32_t step = 0;
  int32_t stepCount = 0;
  bool isFinished = false;
};

void tell(Napi::Env env, Napi::Function onEvent, Event* taken) {
  const std::unique_ptr<Event> event(taken);
  if (env == nullptr) return;  // the environment is closing
  Napi::Object object = Napi::Object::New(env);
  object.Set("kind", event->isLog ? "log" : "progress");
  if (event->isLog) {
    object.Set("severity", wordOf(event->severity));
    object.Set("text", event->text);
  } else {
    object.Set("phase", event->text);
    object.Set("parent", event->parent);
    object.Set("step", event->step);
    object.Set("stepCount", event->stepCount);
    object.Set("isFinished", event->isFinished);
  }
  onEvent.Call({object});
}

void finish(Napi::Env env, BuildRun& run) {
  if (env == nullptr) return;
  if (run.problem != nullptr) return run.deferred.Reject(errorFrom(env, *run.problem).Value());
  Napi::Object answer = describeBuild(env, run.outcome);
  answer.Set("lostEventCount", run.lostEventCount.load());
  run.deferred.Resolve(answer);
}

void emit(BuildRun& run, std::unique_ptr<Event> event) {
  if (run.events.NonBlockingCall(event.get(), tell) == napi_ok) static_cast<void>(event.release());
  else ++run.lostEventCount;
}

void build(const std::shared_ptr<BuildRun>& run, tensorrt::Adapter& adapter, int32_t device) {
  tensorrt::BuildListener listener;
  listener.isCancelled = [&] { return run->isCancelled.load(); };
  listener.onLog = [&](tensorrt::LogSeverity severity, const std::string& text) {
    emit(*run, std::make_unique<Event>(Event{true, severity, text, "", 0, 0, false}));
  };
  listener.onProgress = [&](const std::string& phase, const std::string& parent, int32_t step, int32_t stepCount, bool isFinished) {
    emit(*run, std::make_unique<Event>(Event{false, tensorrt::LogSeverity::note, phase, parent, step, stepCount, isFinished}));
  };
  try {
    run->outcome = adapter.build(run->order, listener, device);
  } catch (const tensorrt::Problem& problem) {
    run->problem = std::make_unique<tensorrt::Problem>(problem);
  } catch (const std::exception& error) {
    run->problem = std::make_unique<tensorrt::Problem>("buildFailed", error.what(), "");
  }
  // Waits for room, as this one must arrive; refused only when the environment is closing.
  static_cast<void>(run->events.BlockingCall([run](Napi::Env env, Napi::Function) { finish(env, *run); }));
  static_cast<void>(run->events.Release());
}

}  // namespace

Napi::Object startBuild(const std::shared_ptr<tensorrt::Adapter>& adapter, const JsOptions& options, const Napi::Function& onEvent) {
  const Napi::Env env = onEvent.Env();
  const auto run = std::make_shared<BuildRun>(env, buildOrderFrom(options));
  const auto device = static_cast<int32_t>(options.wholeNumberOr("device", 0, 1023, 0));
  run->events = Napi::ThreadSafeFunction::New(env, onEvent, "TensorRT build", kEventCountMax, 1, [run](Napi::Env) {
    run->isCancelled = true;
    if (run->thread.joinable()) run->thread.join();
  });
  run->thread = std::thread([run, adapter, device] { build(run, *adapter, device); });
  Napi::Object answer = Napi::Object::New(env);
  answer.Set("promise", run->deferred.Promise());
  answer.Set("cancel", Napi::Function::New(env, [run](const Napi::CallbackInfo&) { run->isCancelled = true; }, "cancel"));
  const auto end = [run](const Napi::CallbackInfo&) {
    run->isCancelled = true;
    static_cast<void>(run->events.Abort());  // nobody waits for room any more
    if (run->thread.joinable()) run->thread.join();
  };
  answer.Set("end", Napi::Function::New(env, end, "end"));
  return answer;
}

}  // namespace hka::addon
