// Memory of the host that a device reads and writes without a copy between: a fixed number of blocks, made before they are needed, so that
// nothing is allocated while a network runs. Lives on Node's thread. Those who hold a block hold the blocks too, because a block in
// JavaScript's hands may outlive its device.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace hka::addon {

// How a device's host memory is made. `allocate` throws DeviceError; neither needs the device itself.
struct BlockMaker {
  void* (*allocate)(size_t bytes);
  void (*release)(void* address);
};

class HostBlocks {
 public:
  explicit HostBlocks(BlockMaker maker) : maker_(maker) {}
  ~HostBlocks();
  HostBlocks(const HostBlocks&) = delete;
  HostBlocks& operator=(const HostBlocks&) = delete;

  // `count` more blocks of `bytes`. Throws what the device throws, and keeps none of them then.
  void reserve(size_t bytes, size_t count);
  // The opposite. Blocks that somebody has are released when they come back.
  void unreserve(size_t bytes, size_t count);
  // A free block of exactly `bytes`; nullptr when there is none.
  void* take(size_t bytes);
  void give(void* block);
  // Whether all of these bytes lie in one block, free or not.
  [[nodiscard]] bool holds(const void* address, size_t bytes) const;

 private:
  struct Kind {
    size_t wantedCount = 0;
    size_t madeCount = 0;
    std::vector<void*> free;
  };

  void release(Kind& kind, void* block);

  BlockMaker maker_;
  std::map<size_t, Kind> kinds_;         // by bytes
  std::map<uintptr_t, size_t> blocks_;  // all there are, and their bytes
};

}  // namespace hka::addon
