// What the CPU device's own services cost. It has one kind of memory, and no graphs.
#include <cstring>
#include <memory>

#include "addon/cpu/cpu_device.h"

namespace hka::addon {
namespace {

double sinceNs(HostNs start) { return static_cast<double>(hostNow().value - start.value); }

}  // namespace

std::vector<double> CpuDevice::measureCopy(const CopyPlan& plan) {
  if (plan.memory != HostMemory::kPageable) throw DeviceError("measureCopy: a CPU device has pageable memory only.");
  if (plan.bytes * 2.0 > facts_.memoryBytes) throw DeviceError("measureCopy: the two sides do not fit into the memory of this machine.");
  const std::unique_ptr<uint8_t[]> source(new uint8_t[plan.bytes]);
  const std::unique_ptr<uint8_t[]> target(new uint8_t[plan.bytes]);
  std::memset(source.get(), 1, plan.bytes);  // touched, so that no sample pays for the first page faults
  std::memset(target.get(), 2, plan.bytes);
  std::vector<double> samplesNs;
  for (uint32_t sample = 0; sample < plan.sampleCount; ++sample) {
    const HostNs start = hostNow();
    copy("cpuMemcpy", target.get(), source.get(), plan.bytes, 0);
    samplesNs.push_back(sinceNs(start));
  }
  return samplesNs;
}

std::vector<double> CpuDevice::measureLaunch(const LaunchPlan& plan) {
  if (plan.isGraph) throw DeviceError("measureLaunch: a CPU device has no graphs.");
  Stage empty;
  empty.launch.name = "empty";
  empty.twin = [](uint64_t, uint64_t) {};
  std::vector<double> samplesNs;
  for (uint32_t sample = 0; sample < plan.sampleCount; ++sample) {
    const HostNs start = hostNow();
    for (uint32_t launch = 0; launch < plan.launchCount; ++launch) launchStage(empty, 0, {});
    scheduler_.waitStream(0);
    samplesNs.push_back(sinceNs(start) / plan.launchCount);
  }
  return samplesNs;
}

std::vector<double> CpuDevice::measureAllocation(const AllocationPlan& plan) {
  if (plan.allocator != Allocator::kDevice) throw DeviceError("measureAllocation: a CPU device has one allocator only.");
  std::vector<double> samplesNs;
  for (uint32_t sample = 0; sample < plan.sampleCount; ++sample) {
    const HostNs start = hostNow();
    release(allocate(plan.bytes, "allocation cost"));
    samplesNs.push_back(sinceNs(start));
  }
  return samplesNs;
}

}  // namespace hka::addon
