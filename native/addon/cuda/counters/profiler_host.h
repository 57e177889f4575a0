// What CUPTI computes about metrics on the CPU. Needs no GPU: with a chip's name and no availability image it answers for that chip.
#pragma once

#include <string>
#include <vector>

#include "addon/cuda/counters/range_profiler.h"

namespace hka::addon {

class ProfilerHost {
 public:
  // `availability`: what the driver says is to be had on this device; empty: what the chip has. Both outlive this object.
  ProfilerHost(const RangeProfilerCalls& calls, const std::string& chipName, const std::vector<uint8_t>& availability);
  ~ProfilerHost();
  ProfilerHost(const ProfilerHost&) = delete;
  ProfilerHost& operator=(const ProfilerHost&) = delete;

  // A CUptiResult; 0 when the host is there.
  [[nodiscard]] int result() const { return result_; }
  // Asks for metrics; CUptiResult 17 when one of them does not exist.
  int addMetrics(const std::vector<std::string>& names);
  // What the profiler must be set to for the metrics asked for, and how often a kernel must run for them. A CUptiResult.
  int configure(std::vector<uint8_t>& image, size_t& passCount);
  // Values of one range, one a name. A CUptiResult; `values` keep what they were where it is not 0.
  int evaluate(const std::vector<uint8_t>& counters, size_t rangeIndex, const std::vector<std::string>& names, std::vector<double>& values);

 private:
  const RangeProfilerCalls& calls_;
  void* host_ = nullptr;
  int result_ = 0;
};

// The names as CUPTI takes them; they point into `names`.
std::vector<const char*> namePointers(const std::vector<std::string>& names);

}  // namespace hka::addon
