// What a device's own services cost: copies, launches, allocations. Which of them a device has is its own to say; asked for another, it
// throws DeviceError.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hka::addon {

enum class HostMemory : uint8_t { kPageable, kPinned, kManaged };
enum class CopyWay : uint8_t { kHostToDevice, kDeviceToHost, kDeviceToDevice };

struct CopyPlan {
  HostMemory memory = HostMemory::kPageable;  // of the side that is the host's
  CopyWay way = CopyWay::kHostToDevice;
  size_t bytes = 0;
  uint32_t sampleCount = 1;
};

// A chain of launches of an empty kernel, from the first call until the device has done them all.
struct LaunchPlan {
  uint32_t launchCount = 1;  // in one chain; a sample is the chain's time over this
  bool isGraph = false;      // whether the chain is recorded once as a CUDA graph and then replayed
  uint32_t sampleCount = 1;
};

enum class Allocator : uint8_t { kDevice, kPool, kPinned, kManaged };

struct AllocationPlan {
  Allocator allocator = Allocator::kDevice;
  size_t bytes = 0;
  uint32_t sampleCount = 1;
};

}  // namespace hka::addon
