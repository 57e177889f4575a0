// What JavaScript gave for one call of a kernel family, read and checked: sizes, words and memory. Memory is either an address within
// what the device gave out, or, for a reference, a typed array of its own. What does not fit throws DeviceError with a sentence.
#pragma once

#include <string>
#include <vector>

#include "addon/allocation_table.h"
#include "addon/binding/js_arguments.h"
#include "addon/compute_device.h"

namespace hka::addon {

class WorkArguments {
 public:
  static constexpr size_t kVectorBytes = 16;

  // Memory named by addresses within `allocations`; by typed arrays when that is nullptr.
  WorkArguments(const JsOptions& options, const DeviceFacts& facts, const AllocationTable* allocations)
      : options_(options), facts_(facts), allocations_(allocations) {}

  // A whole number from `min` to `max`; `fallback` when the key is absent.
  [[nodiscard]] uint32_t size(const char* key, uint32_t min, uint32_t max) const {
    return static_cast<uint32_t>(options_.wholeNumber(key, min, max));
  }
  [[nodiscard]] uint32_t sizeOr(const char* key, uint32_t min, uint32_t max, uint32_t fallback) const {
    return static_cast<uint32_t>(options_.wholeNumberOr(key, min, max, fallback));
  }
  // Such as dims: 1 to `countMax` numbers.
  [[nodiscard]] std::vector<uint32_t> sizes(const char* key, uint32_t min, uint32_t max, size_t countMax) const {
    return options_.wholeNumbers(key, min, max, countMax);
  }
  [[nodiscard]] float realOr(const char* key, float fallback) const { return options_.realOr(key, fallback); }
  [[nodiscard]] bool flagOr(const char* key, bool fallback) const { return options_.flagOr(key, fallback); }
  // The index in `words` of the text under `key`, or `fallback` when the key is absent.
  [[nodiscard]] size_t wordOr(const char* key, const std::vector<std::string>& words, size_t fallback) const {
    return options_.wordOr(key, words, fallback);
  }
  [[nodiscard]] bool has(const char* key) const { return options_.has(key); }
  // Memory for the product of `sizes` elements of T. Kernels that read vectors need addresses that are multiples of one.
  template <class T>
  [[nodiscard]] T* memory(const char* key, std::initializer_list<uint64_t> sizes, size_t alignmentBytes = kVectorBytes) const {
    return static_cast<T*>(bytes(key, elementCount(options_.callName(), sizes) * sizeof(T), alignmentBytes));
  }
  // The device that the work is for; the reference's is called "cpu" too.
  [[nodiscard]] const DeviceFacts& facts() const { return facts_; }
  // "gemm": what the sentences begin with.
  [[nodiscard]] const std::string& callName() const { return options_.callName(); }

 private:
  [[nodiscard]] void* bytes(const char* key, uint64_t byteCount, size_t alignmentBytes) const;

  const JsOptions& options_;
  const DeviceFacts& facts_;
  const AllocationTable* allocations_;
};

constexpr uint32_t kSideMax = 1 << 20;        // of a matrix
constexpr uint32_t kImageSideMax = 16'384;    // of an image
constexpr uint64_t kAddressMax = (uint64_t{1} << 53) - 1;  // a JavaScript number counts exactly up to here

}  // namespace hka::addon
