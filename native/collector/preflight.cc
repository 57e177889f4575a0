#include "preflight.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

namespace hka {
namespace {

bool canOpen(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) return false;
  close(descriptor);
  return true;
}

bool profilingNodesOpen(const std::string& root) {
  const std::string folder = root + "/dev/nvgpu/igpu0/";
  return canOpen(folder + "prof") && canOpen(folder + "prof-ctx") && canOpen(folder + "prof-dev");
}

// A tool that holds CUPTI's only subscriber slot says so in the environment of what it starts.
const char* rivalName() {
  if (std::getenv("NSYS_PROFILING_SESSION_ID") || std::getenv("QUADD_INJECTION_PROXY")) return "Nsight Systems";
  if (std::getenv("NV_NSIGHT_INJECTION_TRANSPORT_TYPE") || std::getenv("NV_COMPUTE_PROFILER_PERFWORKS_DIR")) return "Nsight Compute";
  if (std::getenv("CUDBG_USE_LEGACY_DEBUGGER")) return "cuda-gdb";
  return nullptr;
}

}  // namespace

bool isTegra(const std::string& root) {
  return !readFile(root + "/etc/nv_tegra_release").empty() || readFile(root + "/proc/device-tree/compatible").find("nvidia,tegra") != std::string::npos;
}

Preflight checkBeforeCupti(const Environment& environment, int cuptiMajor, const std::string& consequence) {
  Preflight result;
  const auto stop = [&](std::string code, const std::string& sentence, std::string remedy) {
    result.mayTrace = false;
    result.findings.push_back({wire::Severity::kError, std::move(code), sentence + "; " + consequence + ".", std::move(remedy)});
  };
  if (const char* rival = rivalName()) {
    stop("rivalProfiler", std::string("The program runs under ") + rival + ", which holds CUPTI's only place",
         std::string("Start the program without ") + rival + ".");
    return result;
  }
  if (!isTegra(environment.root) || geteuid() == 0) return result;
  if (cuptiMajor < 13) {
    stop("cuptiNeedsRoot", "On a Jetson with CUDA 12 or older CUPTI works for root only",
         "Run the probe as root: sudo hookanalyzer serve");
  } else if (!profilingNodesOpen(environment.root)) {
    stop("profilingNodesClosed", "This user may not open the GPU's profiling nodes (/dev/nvgpu/igpu0/prof*)",
         "Add the user to the groups video and render, or run the probe as root.");
  }
  return result;
}

}  // namespace hka
