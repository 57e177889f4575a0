#include "addon/cuda/counters/counter_problem.h"

#include "addon/cuda/counters/range_profiler_abi.h"
#include "collector/cupti_abi.h"

namespace hka::addon {
namespace {

constexpr const char* kConsequence = "; hardware counters are not measured.";

CounterProblem problem(std::string code, const std::string& sentence, std::string remedy) {
  return {std::move(code), sentence + kConsequence, std::move(remedy)};
}

CounterProblem forbidden(bool isTegra) {
  if (isTegra) return problem("countersForbidden", "On a Jetson this user may not read the GPU's counters", "Run the probe as root: sudo hookanalyzer serve");
  return problem("countersForbidden", "The driver lets only administrators read the GPU's counters",
                 "Run as root, or give the kernel module nvidia the option NVreg_RestrictProfilingToAdminUsers=0 and start the machine again.");
}

}  // namespace

CounterProblem counterRefusal(const char* callName, int result, const std::string& words, bool isTegra) {
  using namespace cupti::range;
  switch (result) {
    case cupti::kInsufficientPrivileges:
    case kVirtualizedPrivileges:
      return forbidden(isTegra);
    case cupti::kMultipleSubscribers:
    case kHardwareBusy:
    case kOldProfilerApi:
      return problem("rivalProfiler", "Another profiler uses the GPU's counters: " + words,
                     "End the other profiler, such as Nsight Compute, Nsight Systems or DCGM, and measure again.");
    case kNotCompatible:
    case kNotSupported:
    case kVirtualizedDevice:
    case kConfidentialComputing:
    case kMigDevice:
      return problem("countersUnsupported", "CUPTI does not profile this device as it is set up: " + words,
                     "Use a CUPTI of the driver's own release; a virtual, partitioned or confidential GPU has no counters for its guest.");
    default:
      return problem("countersRefused", std::string(callName) + " failed: " + words, "hookanalyzer doctor says what is missing.");
  }
}

CounterProblem counterAbsence(const std::string& metric, const std::string& chipName) {
  return {"metricAbsent", "The chip " + chipName + " has no metric " + metric + "; it is left out.", ""};
}

}  // namespace hka::addon
