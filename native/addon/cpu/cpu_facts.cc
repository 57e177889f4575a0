#include "addon/cpu/cpu_facts.h"

#include <sys/utsname.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace hka::addon {
namespace {

// The value of the first line `key : value`.
std::string valueOf(const std::string& text, const std::string& key) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const size_t colon = line.find(':');
    if (colon == std::string::npos || line.compare(0, key.size(), key) != 0) continue;
    const size_t begin = line.find_first_not_of(" \t", colon + 1);
    return begin == std::string::npos ? "" : line.substr(begin);
  }
  return "";
}

std::string machineName() {
  utsname names{};
  return uname(&names) == 0 ? std::string(names.machine) + " CPU" : "CPU";
}

// sysfs writes sizes as 32768K; a virtual machine may name none.
uint32_t largestCacheBytes() {
  uint32_t largestKib = 0;
  for (int index = 0; index < 8; ++index) {
    const std::string text = readText("/sys/devices/system/cpu/cpu0/cache/index" + std::to_string(index) + "/size");
    largestKib = std::max(largestKib, static_cast<uint32_t>(std::strtoul(text.c_str(), nullptr, 10)));
  }
  return largestKib > UINT32_MAX / 1024 ? UINT32_MAX : largestKib * 1024;
}

}  // namespace

std::string readText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  return text.str();
}

CpuFacts readCpuFacts() {
  CpuFacts facts;
  // Arm kernels leave out "model name"; the machine's name then has to do.
  facts.name = valueOf(readText("/proc/cpuinfo"), "model name");
  if (facts.name.empty()) facts.name = machineName();
  const std::string clock = readText("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq");
  facts.coreClockKhz = static_cast<uint32_t>(std::strtoul(clock.c_str(), nullptr, 10));
  const std::string totalKib = valueOf(readText("/proc/meminfo"), "MemTotal");
  facts.memoryBytes = static_cast<double>(std::strtoull(totalKib.c_str(), nullptr, 10)) * 1024;
  facts.cacheBytes = largestCacheBytes();
  return facts;
}

}  // namespace hka::addon
