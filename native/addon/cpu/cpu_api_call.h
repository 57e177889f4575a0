// The api row of one call of the CPU device, and the batch that it is for, for the files that make it up.
#pragma once

#include <sys/syscall.h>
#include <unistd.h>

#include "addon/cpu/cpu_device.h"

namespace hka::addon {

inline uint32_t threadId() { return static_cast<uint32_t>(syscall(SYS_gettid)); }

inline double durationNs(HostNs start, HostNs end) { return static_cast<double>(end.value - start.value); }

class CpuDevice::ApiCall {
 public:
  ApiCall(CpuDevice& device, const char* name)
      : device_(device), name_(name), correlation_(++device.lastCorrelation_), start_(hostNow()) {}
  ~ApiCall() {
    if (!device_.recorder_.isOn(kTraceApi)) return;
    wire::ApiRow row;
    row.startNs = device_.recorder_.sessionNs(start_);
    row.durationNs = durationNs(start_, hostNow());
    row.name = device_.recorder_.stringId(name_);
    row.thread = threadId();
    row.correlation = correlation_;
    row.domain = static_cast<uint8_t>(wire::ApiDomain::kRuntime);
    device_.recorder_.writeEvent(row);
    if (device_.openBatches_.empty()) return;
    device_.recorder_.writeEvent(wire::ExternalRow{row.startNs, static_cast<double>(device_.openBatches_.back()), correlation_, row.thread});
  }
  ApiCall(const ApiCall&) = delete;
  ApiCall& operator=(const ApiCall&) = delete;

  [[nodiscard]] uint32_t correlation() const { return correlation_; }
  [[nodiscard]] HostNs start() const { return start_; }

 private:
  CpuDevice& device_;
  const char* name_;
  uint32_t correlation_;
  HostNs start_;
};

}  // namespace hka::addon
