#include "addon/binding/stream_waiter.h"

#include <utility>

namespace hka::addon {
namespace {

// Deletes itself when its promise is settled.
class StreamWaiter final : public Napi::AsyncWorker {
 public:
  StreamWaiter(Napi::Env env, std::shared_ptr<ComputeDevice> device, uint32_t stream)
      : Napi::AsyncWorker(env, "hookanalyzer:whenDone"),
        device_(std::move(device)),
        wait_(device_->waiterOf(stream)),
        deferred_(Napi::Promise::Deferred::New(env)) {}

  [[nodiscard]] Napi::Promise promise() const { return deferred_.Promise(); }

  void Execute() override {
    try {
      wait_();
    } catch (const std::exception& error) {
      SetError(error.what());
    }
  }
  void OnOK() override { deferred_.Resolve(Env().Undefined()); }
  void OnError(const Napi::Error& error) override { deferred_.Reject(error.Value()); }

 private:
  std::shared_ptr<ComputeDevice> device_;
  std::function<void()> wait_;
  Napi::Promise::Deferred deferred_;
};

}  // namespace

Napi::Value promiseOfStream(Napi::Env env, std::shared_ptr<ComputeDevice> device, uint32_t stream) {
  auto* waiter = new StreamWaiter(env, std::move(device), stream);
  const Napi::Promise promise = waiter->promise();
  waiter->Queue();
  return promise;
}

}  // namespace hka::addon
