#include "addon/host_blocks.h"

namespace hka::addon {

HostBlocks::~HostBlocks() {
  for (const auto& [address, bytes] : blocks_) maker_.release(reinterpret_cast<void*>(address));
}

void HostBlocks::reserve(size_t bytes, size_t count) {
  Kind& kind = kinds_[bytes];
  const size_t before = kind.wantedCount;
  kind.wantedCount += count;
  try {
    while (kind.madeCount < kind.wantedCount) {
      void* block = maker_.allocate(bytes);
      blocks_[reinterpret_cast<uintptr_t>(block)] = bytes;
      kind.free.push_back(block);
      ++kind.madeCount;
    }
  } catch (...) {
    unreserve(bytes, kind.wantedCount - before);
    throw;
  }
}

void HostBlocks::unreserve(size_t bytes, size_t count) {
  const auto found = kinds_.find(bytes);
  if (found == kinds_.end()) return;
  Kind& kind = found->second;
  kind.wantedCount -= count < kind.wantedCount ? count : kind.wantedCount;
  while (kind.madeCount > kind.wantedCount && !kind.free.empty()) {
    release(kind, kind.free.back());
    kind.free.pop_back();
  }
}

void HostBlocks::release(Kind& kind, void* block) {
  blocks_.erase(reinterpret_cast<uintptr_t>(block));
  maker_.release(block);
  --kind.madeCount;
}

void* HostBlocks::take(size_t bytes) {
  const auto found = kinds_.find(bytes);
  if (found == kinds_.end() || found->second.free.empty()) return nullptr;
  void* block = found->second.free.back();
  found->second.free.pop_back();
  return block;
}

void HostBlocks::give(void* block) {
  Kind& kind = kinds_.at(blocks_.at(reinterpret_cast<uintptr_t>(block)));
  if (kind.madeCount > kind.wantedCount) release(kind, block);
  else kind.free.push_back(block);
}

bool HostBlocks::holds(const void* address, size_t bytes) const {
  const auto begin = reinterpret_cast<uintptr_t>(address);
  auto entry = blocks_.upper_bound(begin);
  if (entry == blocks_.begin()) return false;
  --entry;
  return begin - entry->first <= entry->second && bytes <= entry->second - (begin - entry->first);
}

}  // namespace hka::addon
