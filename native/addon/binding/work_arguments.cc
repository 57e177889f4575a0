#include "addon/binding/work_arguments.h"

namespace hka::addon {

void* WorkArguments::bytes(const char* key, uint64_t byteCount, size_t alignmentBytes) const {
  const std::string what = options_.callName() + ": " + key;
  void* address = nullptr;
  size_t bytesThere = 0;
  if (allocations_ == nullptr) {
    const JsBytes array = options_.typedArray(key);
    address = array.address;
    bytesThere = array.byteCount;
  } else {
    const auto number = static_cast<uintptr_t>(options_.wholeNumber(key, 1, kAddressMax));
    bytesThere = allocations_->bytesFrom(number);
    if (bytesThere == 0) throw DeviceError(what + " is not the address of an allocation of this device, nor within one.");
    if (number % alignmentBytes != 0) throw DeviceError(what + " must be a multiple of " + std::to_string(alignmentBytes) + " bytes.");
    address = reinterpret_cast<void*>(number);
  }
  if (bytesThere < byteCount) {
    throw DeviceError(what + " has " + std::to_string(bytesThere) + " bytes; " + std::to_string(byteCount) + " are needed.");
  }
  return address;
}

}  // namespace hka::addon
