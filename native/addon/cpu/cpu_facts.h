#pragma once

#include <cstdint>
#include <string>

namespace hka::addon {

// What Linux says about the processor and the memory; empty or 0 where it says nothing.
struct CpuFacts {
  std::string name;
  uint32_t coreClockKhz = 0;  // the highest that cpufreq allows
  double memoryBytes = 0;     // MemTotal
  uint32_t cacheBytes = 0;    // of the largest cache that sysfs names
};

CpuFacts readCpuFacts();

// The whole of a small text file of /proc or /sys; empty when it cannot be read.
std::string readText(const std::string& path);

}  // namespace hka::addon
