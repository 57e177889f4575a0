// Work that blocks, on a thread of Node's pool, with its answer as a Promise. A Problem becomes an Error with `code` and `remedy`.
#pragma once

#include <napi.h>

#include <functional>
#include <optional>
#include <utility>

#include "tensorrt/problem.h"

namespace hka::addon {

// The JavaScript Error of a Problem: message, code, remedy.
inline Napi::Error errorFrom(Napi::Env env, const tensorrt::Problem& problem) {
  Napi::Error error = Napi::Error::New(env, problem.what());
  error.Set("code", Napi::String::New(env, problem.code()));
  error.Set("remedy", Napi::String::New(env, problem.remedy()));
  return error;
}

template <class Answer>
class PromiseWork : public Napi::AsyncWorker {
 public:
  // `describe` runs on Node's thread. `kept` is held until the work is done: what `work` reads of JavaScript's memory.
  static Napi::Promise run(Napi::Env env, std::function<Answer()> work, std::function<Napi::Value(Napi::Env, Answer&)> describe,
                           Napi::Object kept = {}) {
    auto* self = new PromiseWork(env, std::move(work), std::move(describe), kept);  // deletes itself when it is done
    const Napi::Promise promise = self->deferred_.Promise();
    self->Queue();
    return promise;
  }

 protected:
  void Execute() override {
    try {
      answer_ = work_();
    } catch (const tensorrt::Problem& problem) {
      problem_ = problem;
    } catch (const std::exception& error) {
      SetError(error.what());
    }
    work_ = nullptr;  // what it holds goes before the answer is known
  }
  void OnOK() override {
    const Napi::HandleScope scope(Env());
    if (problem_) return deferred_.Reject(errorFrom(Env(), *problem_).Value());
    deferred_.Resolve(describe_(Env(), *answer_));
  }
  void OnError(const Napi::Error& error) override { deferred_.Reject(error.Value()); }

 private:
  PromiseWork(Napi::Env env, std::function<Answer()> work, std::function<Napi::Value(Napi::Env, Answer&)> describe, Napi::Object kept)
      : Napi::AsyncWorker(env), deferred_(env), work_(std::move(work)), describe_(std::move(describe)) {
    if (!kept.IsEmpty()) kept_ = Napi::Persistent(kept);
  }

  Napi::Promise::Deferred deferred_;
  std::function<Answer()> work_;
  std::function<Napi::Value(Napi::Env, Answer&)> describe_;
  Napi::ObjectReference kept_;
  std::optional<Answer> answer_;
  std::optional<tensorrt::Problem> problem_;
};

}  // namespace hka::addon
