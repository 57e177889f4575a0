// Arrays in JavaScript that a device may still write to: they are neither garbage nor given back until somebody has waited for the stream.
#pragma once

#include <napi.h>

#include <cstdint>
#include <deque>

namespace hka::addon {

// Lives on Node's thread. One entry a stream and array, however often it is fetched.
class FetchedArrays {
 public:
  void add(uint32_t stream, Napi::ArrayBuffer array) {
    for (Fetch& each : fetches_) {
      if (each.stream != stream || each.address != array.Data()) continue;
      each.number = ++lastFetch_;
      return;
    }
    fetches_.push_back({++lastFetch_, stream, array.Data(), Napi::Persistent(array)});
  }
  // The number of the latest, for done().
  [[nodiscard]] uint64_t lastFetch() const { return lastFetch_; }
  // What the stream was asked for up to that number has come.
  void done(uint32_t stream, uint64_t lastFetch) {
    for (auto each = fetches_.begin(); each != fetches_.end();) {
      each = each->stream == stream && each->number <= lastFetch ? fetches_.erase(each) : each + 1;
    }
  }
  // The device is gone.
  void allDone() { fetches_.clear(); }
  [[nodiscard]] bool has(const void* address) const {
    for (const Fetch& each : fetches_) {
      if (each.address == address) return true;
    }
    return false;
  }

 private:
  struct Fetch {
    uint64_t number;
    uint32_t stream;
    const void* address;
    Napi::Reference<Napi::ArrayBuffer> array;
  };

  std::deque<Fetch> fetches_;
  uint64_t lastFetch_ = 0;
};

}  // namespace hka::addon
