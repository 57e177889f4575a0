#include "addon/binding/js_arguments.h"

#include <cmath>

#include "addon/compute_device.h"

namespace hka::addon {
namespace {

constexpr size_t kTextCountMax = 1'000'000;

}  // namespace

JsOptions::JsOptions(const Napi::CallbackInfo& call, std::string callName) : callName_(std::move(callName)) {
  if (!call[0].IsObject()) throw DeviceError(callName_ + ": the argument must be an object.");
  object_ = call[0].As<Napi::Object>();
}

uint64_t JsOptions::wholeNumber(const char* key, uint64_t min, uint64_t max) const {
  return wholeNumberFrom(object_.Get(key), callName_ + ": " + key, min, max);
}

uint64_t JsOptions::wholeNumberOr(const char* key, uint64_t min, uint64_t max, uint64_t fallback) const {
  return object_.Get(key).IsUndefined() ? fallback : wholeNumber(key, min, max);
}

std::vector<uint32_t> JsOptions::wholeNumbers(const char* key, uint32_t min, uint32_t max, size_t countMax) const {
  const std::string what = callName_ + ": " + key;
  const Napi::Value value = object_.Get(key);
  const uint32_t count = value.IsArray() ? value.As<Napi::Array>().Length() : 0;
  if (count == 0 || count > countMax) throw DeviceError(what + " must be 1 to " + std::to_string(countMax) + " whole numbers.");
  std::vector<uint32_t> numbers;
  for (uint32_t index = 0; index < count; ++index) {
    numbers.push_back(static_cast<uint32_t>(wholeNumberFrom(value.As<Napi::Array>().Get(index), what, min, max)));
  }
  return numbers;
}

uint64_t JsOptions::bigintOr(const char* key, uint64_t fallback) const {
  const Napi::Value value = object_.Get(key);
  if (value.IsUndefined()) return fallback;
  bool isExact = false;
  const uint64_t number = value.IsBigInt() ? value.As<Napi::BigInt>().Uint64Value(&isExact) : 0;
  if (!isExact) throw DeviceError(callName_ + ": " + key + " must be a bigint from 0 to 2^64 - 1.");
  return number;
}

float JsOptions::realOr(const char* key, float fallback) const {
  const Napi::Value value = object_.Get(key);
  if (value.IsUndefined()) return fallback;
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : std::nan("");
  if (!std::isfinite(number)) throw DeviceError(callName_ + ": " + key + " must be a finite number.");
  return static_cast<float>(number);
}

bool JsOptions::flagOr(const char* key, bool fallback) const {
  const Napi::Value value = object_.Get(key);
  if (value.IsUndefined()) return fallback;
  if (!value.IsBoolean()) throw DeviceError(callName_ + ": " + key + " must be true or false.");
  return value.As<Napi::Boolean>().Value();
}

std::string JsOptions::text(const char* key) const { return textFrom(object_.Get(key), callName_ + ": " + key); }

size_t JsOptions::wordOr(const char* key, const std::vector<std::string>& words, size_t fallback) const {
  if (!has(key)) return fallback;
  const std::string word = text(key);
  std::string listed;
  for (size_t index = 0; index < words.size(); ++index) {
    if (word == words[index]) return index;
    listed += (index == 0 ? "" : ", ") + words[index];
  }
  throw DeviceError(callName_ + ": " + key + " must be one of " + listed + ".");
}

JsBytes JsOptions::typedArray(const char* key) const {
  const Napi::Value value = object_.Get(key);
  if (!value.IsTypedArray()) throw DeviceError(callName_ + ": " + key + " must be a typed array.");
  const Napi::TypedArray array = value.As<Napi::TypedArray>();
  return {static_cast<uint8_t*>(array.ArrayBuffer().Data()) + array.ByteOffset(), array.ByteLength()};
}

uint64_t wholeNumberFrom(const Napi::Value& value, const std::string& what, uint64_t min, uint64_t max) {
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : std::nan("");
  // Phrased so that NaN fails.
  const bool isValid = number >= static_cast<double>(min) && number <= static_cast<double>(max) && std::floor(number) == number;
  if (!isValid) {
    throw DeviceError(what + " must be a whole number from " + std::to_string(min) + " to " + std::to_string(max) + ".");
  }
  return static_cast<uint64_t>(number);
}

std::string textFrom(const Napi::Value& value, const std::string& what) {
  if (!value.IsString()) throw DeviceError(what + " must be a string.");
  return value.As<Napi::String>().Utf8Value();
}

std::vector<std::string> textsFrom(const Napi::Value& value, const std::string& what) {
  if (!value.IsArray()) throw DeviceError(what + " must be an array of strings.");
  const Napi::Array array = value.As<Napi::Array>();
  if (array.Length() > kTextCountMax) throw DeviceError(what + " has more than " + std::to_string(kTextCountMax) + " entries.");
  std::vector<std::string> texts;
  texts.reserve(array.Length());
  for (uint32_t index = 0; index < array.Length(); ++index) {
    const Napi::HandleScope scope(value.Env());
    texts.push_back(textFrom(array.Get(index), what + ": each entry"));
  }
  return texts;
}

uint64_t elementCount(const std::string& callName, std::initializer_list<uint64_t> sizes) {
  uint64_t count = 1;
  for (const uint64_t size : sizes) {
    if (size > kElementCountMax / count) throw DeviceError(callName + ": the sizes make more than 2^38 elements.");
    count *= size;
  }
  return count;
}

}  // namespace hka::addon
