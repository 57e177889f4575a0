// Opens a counter session for the metrics of the command line, measures twice and prints what came: lines "problem CODE SENTENCE | REMEDY",
// "absent SENTENCE", "passes COUNT", "kernel VALUES…". With FAKE_CALLABLE_THROWS the first callable throws.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "addon/cuda/counters/counter_session.h"

using namespace hka::addon;

namespace {

void print(const CounterProblem& problem) {
  std::printf("problem %s %s | %s\n", problem.code.c_str(), problem.sentence.c_str(), problem.remedy.c_str());
}

void measure(CounterSession& session, bool mayThrow) {
  int runCount = 0;
  try {
    const CounterResult result = session.measure([&] {
      ++runCount;
      if (mayThrow) throw std::runtime_error("from the callable");
    });
    if (result.problem) print(*result.problem);
    for (const auto& values : result.kernels) {
      std::printf("kernel");
      for (const double value : values) std::isnan(value) ? std::printf(" nothing") : std::printf(" %g", value);
      std::printf("\n");
    }
  } catch (const std::runtime_error& error) {
    std::printf("thrown %s\n", error.what());
  }
  std::printf("callable ran %d\n", runCount);
}

}  // namespace

int main(int count, char** words) {
  CounterSession session(std::atoi(words[1]), {words + 2, words + count});
  if (session.problem()) print(*session.problem());
  for (const CounterProblem& each : session.absent()) std::printf("absent %s\n", each.sentence.c_str());
  std::printf("passes %zu\n", session.passCount());
  measure(session, std::getenv("FAKE_CALLABLE_THROWS") != nullptr);
  measure(session, false);
  return 0;
}
