#include "addon/cpu/cpu_facts.h"

#include <sys/utsname.h>

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
  return facts;
}

}  // namespace hka::addon
