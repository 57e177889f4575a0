// Reads arguments that JavaScript passed. Everything is checked here, so that devices see valid values only; what does not fit throws
// DeviceError with a sentence that names the call and the argument.
#pragma once

#include <napi.h>

#include <cstdint>
#include <string>
#include <vector>

namespace hka::addon {

// The bytes behind a typed array; valid during the call that brought it.
struct JsBytes {
  uint8_t* address = nullptr;
  size_t byteCount = 0;
};

// The options object of one call: `device.launch({ kernel: 'gemm', rows: 8, ... })`.
class JsOptions {
 public:
  // The first argument of the call, which must be an object.
  JsOptions(const Napi::CallbackInfo& call, std::string callName);
  // The same for a call whose name stands under `kernel`.
  explicit JsOptions(const Napi::CallbackInfo& call) : JsOptions(call, "launch") { callName_ = text("kernel"); }

  // A whole number from `min` to `max`.
  [[nodiscard]] uint64_t wholeNumber(const char* key, uint64_t min, uint64_t max) const;
  // The same, or `fallback` when the key is absent.
  [[nodiscard]] uint64_t wholeNumberOr(const char* key, uint64_t min, uint64_t max, uint64_t fallback) const;
  [[nodiscard]] uint64_t bigintOr(const char* key, uint64_t fallback) const;
  // A finite number.
  [[nodiscard]] float realOr(const char* key, float fallback) const;
  [[nodiscard]] bool flagOr(const char* key, bool fallback) const;
  [[nodiscard]] std::string text(const char* key) const;
  // An array of 1 to `countMax` whole numbers.
  [[nodiscard]] std::vector<uint32_t> wholeNumbers(const char* key, uint32_t min, uint32_t max, size_t countMax) const;
  // The index in `words` of the text under `key`.
  [[nodiscard]] size_t wordOr(const char* key, const std::vector<std::string>& words, size_t fallback) const;
  [[nodiscard]] bool has(const char* key) const { return !object_.Get(key).IsUndefined(); }
  [[nodiscard]] JsBytes typedArray(const char* key) const;
  [[nodiscard]] Napi::Value value(const char* key) const { return object_.Get(key); }
  [[nodiscard]] const std::string& callName() const { return callName_; }

 private:
  Napi::Object object_;
  std::string callName_;
};

uint64_t wholeNumberFrom(const Napi::Value& value, const std::string& what, uint64_t min, uint64_t max);
std::string textFrom(const Napi::Value& value, const std::string& what);
std::vector<std::string> textsFrom(const Napi::Value& value, const std::string& what);

// The product of sizes that are at least 1; throws when it passes kElementCountMax.
uint64_t elementCount(const std::string& callName, std::initializer_list<uint64_t> sizes);
constexpr uint64_t kBatchMax = (uint64_t{1} << 53) - 1;   // what a JavaScript number counts exactly
constexpr uint64_t kElementCountMax = uint64_t{1} << 38;  // 1 TiB of float32

}  // namespace hka::addon
