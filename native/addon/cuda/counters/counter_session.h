// Hardware counters of kernels on one device. Called from one thread, that of the device's work.
//   CounterSession session(0, {kAchievedOccupancy, kSectorsPerLoad});
//   if (session.problem()) … say its sentence and remedy, go on without counters …
//   const CounterResult result = session.measure([&] { launchGemm(arguments, stream); });
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "addon/cuda/counters/counter_problem.h"
#include "collector/environment.h"

namespace hka::addon {

// Kernels that one callable may launch. More are not measured, and the result says so.
constexpr size_t kMeasuredKernelCountMax = 16;

struct CounterResult {
  // kernels[k][m]: metric m of the session for the k-th kernel that the callable launched; NaN where there is no value.
  std::vector<std::vector<double>> kernels;
  // Why there is less than was asked for. Metrics that the chip lacks are not repeated here: CounterSession::absent() names them.
  std::optional<CounterProblem> problem;
};

class CounterSession {
 public:
  // `deviceIndex` as CUDA counts devices; `metricNames` as in metrics.h. Loads libcupti and takes the GPU's counters until the end of the
  // session; makes the device's primary context when there is none. Throws nothing but std::bad_alloc.
  CounterSession(int deviceIndex, std::vector<std::string> metricNames, const Environment& environment = readEnvironment());
  ~CounterSession();
  CounterSession(const CounterSession&) = delete;
  CounterSession& operator=(const CounterSession&) = delete;

  // Why nothing can be measured; nothing when it can.
  [[nodiscard]] const std::optional<CounterProblem>& problem() const;
  // A problem for each metric that this chip lacks. Its values are NaN.
  [[nodiscard]] const std::vector<CounterProblem>& absent() const;
  [[nodiscard]] const std::vector<std::string>& metricNames() const;
  // How often a kernel runs for one measurement; 0 with a problem.
  [[nodiscard]] size_t passCount() const;

  // Runs `launch` once, waits for the device, and answers with the counters of its kernels. CUPTI runs each kernel passCount() times and
  // restores the memory that it wrote in between, so a kernel may change its inputs. With a problem `launch` is not run.
  // What `launch` throws passes through.
  CounterResult measure(const std::function<void()>& launch);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace hka::addon
