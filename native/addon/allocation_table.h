// The memory that a device gave out, so that an address from JavaScript is checked before anything touches it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

namespace hka::addon {

class AllocationTable {
 public:
  void add(void* address, size_t bytes) {
    sizes_[reinterpret_cast<uintptr_t>(address)] = bytes;
    usedBytes_ += bytes;
  }

  // Bytes of the allocation that begins at this address; 0 when none does.
  [[nodiscard]] size_t bytesAt(uintptr_t address) const {
    const auto entry = sizes_.find(address);
    return entry == sizes_.end() ? 0 : entry->second;
  }

  // Bytes from this address to the end of the allocation that it lies in; 0 when it lies in none.
  [[nodiscard]] size_t bytesFrom(uintptr_t address) const {
    auto entry = sizes_.upper_bound(address);
    if (entry == sizes_.begin()) return 0;
    --entry;
    const uintptr_t offset = address - entry->first;
    return offset < entry->second ? entry->second - offset : 0;
  }

  void remove(uintptr_t address) {
    const auto entry = sizes_.find(address);
    if (entry == sizes_.end()) return;
    usedBytes_ -= entry->second;
    sizes_.erase(entry);
  }

  [[nodiscard]] size_t usedBytes() const { return usedBytes_; }
  [[nodiscard]] const std::map<uintptr_t, size_t>& all() const { return sizes_; }

 private:
  std::map<uintptr_t, size_t> sizes_;
  size_t usedBytes_ = 0;
};

}  // namespace hka::addon
