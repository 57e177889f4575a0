// Promises that are kept when a stream is done, without Node's thread waiting for it: each stream that is waited for has a thread of its
// own. libuv's four threads are not for this: a few networks under way would hold them all, and files and names would wait for the GPU.
#pragma once

#include <napi.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

namespace hka::addon {

// Made, used and let go on Node's thread. Each promise that is not settled yet keeps it. Should JavaScript end before (a worker that is
// terminated, a window that closes), its end waits for what the threads wait for, and nobody is told.
class StreamWaiters : public std::enable_shared_from_this<StreamWaiters> {
 public:
  explicit StreamWaiters(Napi::Env env);
  ~StreamWaiters();  // its threads are idle by then, and end
  StreamWaiters(const StreamWaiters&) = delete;
  StreamWaiters& operator=(const StreamWaiters&) = delete;

  // `wait` runs on the stream's thread, one after the other; the promise rejects with what it throws. `settled` runs on Node's thread before
  // the promise is settled, when `wait` and what it holds are gone; not when JavaScript has ended.
  Napi::Promise promise(Napi::Env env, uint32_t stream, std::function<void()> wait, std::function<void()> settled);

 private:
  struct Wish;
  class WaitThread;

  // On Node's thread; `env` is none when JavaScript has ended.
  static void settle(Napi::Env env, Napi::Function, void*, Wish* wish);
  // JavaScript ends: from now on nobody may call wake_, whose memory goes.
  static void end(void* waiters);

  using Wake = Napi::TypedThreadSafeFunction<void, Wish, settle>;
  napi_env env_;
  Wake wake_;
  bool hasEnded_ = false;
  size_t pendingCount_ = 0;  // Node lives on while there are some
  std::map<uint32_t, std::unique_ptr<WaitThread>> threads_;
};

}  // namespace hka::addon
