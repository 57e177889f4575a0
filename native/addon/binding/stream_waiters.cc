#include "addon/binding/stream_waiters.h"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace hka::addon {

struct StreamWaiters::Wish {
  Wish(Napi::Env env, std::shared_ptr<StreamWaiters> waiters, std::function<void()> wait, std::function<void()> told)
      : owner(std::move(waiters)), settled(std::move(told)), work(std::move(wait)), deferred(Napi::Promise::Deferred::New(env)) {}

  std::shared_ptr<StreamWaiters> owner;
  std::function<void()> settled;  // may hold memory that the device of `work` writes to, so it goes later
  std::function<void()> work;
  Napi::Promise::Deferred deferred;
  std::string problem;  // '' when it went well
};

class StreamWaiters::WaitThread {
 public:
  explicit WaitThread(const Wake& wake) : wake_(wake), thread_([this] { run(); }) {}

  ~WaitThread() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      isClosing_ = true;
    }
    there_.notify_one();
    thread_.join();
  }

  void add(Wish* wish) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      wishes_.push_back(wish);
    }
    there_.notify_one();
  }

 private:
  void run() {
    for (;;) {
      std::unique_lock<std::mutex> lock(mutex_);
      there_.wait(lock, [this] { return isClosing_ || !wishes_.empty(); });
      if (wishes_.empty()) return;
      Wish* wish = wishes_.front();
      wishes_.pop_front();
      lock.unlock();
      try {
        wish->work();
      } catch (const std::exception& error) {
        wish->problem = error.what();
      }
      wake_.NonBlockingCall(wish);
    }
  }

  Wake wake_;
  std::mutex mutex_;
  std::condition_variable there_;
  std::deque<Wish*> wishes_;
  bool isClosing_ = false;
  std::thread thread_;  // last: it uses all of the above
};

// The hook is set behind wake_'s own, so it is called before.
StreamWaiters::StreamWaiters(Napi::Env env) : env_(env), wake_(Wake::New(env, "hookanalyzer:whenDone", 0, 1)) {
  wake_.Unref(env);
  napi_add_env_cleanup_hook(env_, end, this);
}

StreamWaiters::~StreamWaiters() {
  if (hasEnded_) return;
  napi_remove_env_cleanup_hook(env_, end, this);
  threads_.clear();
  wake_.Release();
}

void StreamWaiters::end(void* waiters) {
  auto* const self = static_cast<StreamWaiters*>(waiters);
  self->hasEnded_ = true;
  self->threads_.clear();
  self->wake_.Release();
}

Napi::Promise StreamWaiters::promise(Napi::Env env, uint32_t stream, std::function<void()> wait, std::function<void()> settled) {
  std::unique_ptr<WaitThread>& thread = threads_[stream];
  if (!thread) thread = std::make_unique<WaitThread>(wake_);
  auto* wish = new Wish(env, shared_from_this(), std::move(wait), std::move(settled));
  const Napi::Promise promise = wish->deferred.Promise();
  if (++pendingCount_ == 1) wake_.Ref(env);
  thread->add(wish);
  return promise;
}

void StreamWaiters::settle(Napi::Env env, Napi::Function, void*, Wish* wish) {
  const std::unique_ptr<Wish> own(wish);
  if (static_cast<napi_env>(env) == nullptr) return;
  const std::shared_ptr<StreamWaiters> owner = own->owner;
  --owner->pendingCount_;
  own->work = nullptr;  // it may be the last that keeps the device
  if (owner->pendingCount_ == 0) owner->wake_.Unref(env);
  const Napi::HandleScope scope(env);
  own->settled();
  if (own->problem.empty()) own->deferred.Resolve(env.Undefined());
  else own->deferred.Reject(Napi::Error::New(env, own->problem).Value());
}

}  // namespace hka::addon
