// Reads arguments that JavaScript passed. Everything is checked here, so that devices see valid values only; what does not fit throws
// DeviceError with a sentence that names the call and the argument.
#pragma once

#include <napi.h>

#include <cstdint>
#include <string>
#include <vector>

namespace hka::addon {

// The options object of one call: `device.gemm({ rows: 8, ... })`.
class JsOptions {
 public:
  // The first argument of the call, which must be an object.
  JsOptions(const Napi::CallbackInfo& call, std::string callName);

  // A whole number from `min` to `max`.
  [[nodiscard]] uint64_t wholeNumber(const char* key, uint64_t min, uint64_t max) const;
  // The same, or `fallback` when the key is absent.
  [[nodiscard]] uint64_t wholeNumberOr(const char* key, uint64_t min, uint64_t max, uint64_t fallback) const;
  [[nodiscard]] uint64_t bigintOr(const char* key, uint64_t fallback) const;
  [[nodiscard]] Napi::Float32Array floats(const char* key) const;
  [[nodiscard]] const std::string& callName() const { return callName_; }

 private:
  Napi::Object object_;
  std::string callName_;
};

uint64_t wholeNumberFrom(const Napi::Value& value, const std::string& what, uint64_t min, uint64_t max);
std::string textFrom(const Napi::Value& value, const std::string& what);
std::vector<std::string> textsFrom(const Napi::Value& value, const std::string& what);
Napi::Float32Array floatsFrom(const Napi::Value& value, const std::string& what);

// The product of sizes that are at least 1; throws when it passes kElementCountMax.
uint64_t elementCount(const std::string& callName, std::initializer_list<uint64_t> sizes);
constexpr uint64_t kElementCountMax = uint64_t{1} << 38;  // 1 TiB of float32

}  // namespace hka::addon
