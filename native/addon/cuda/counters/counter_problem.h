// Why there are no counters, as a diagnostic: a code for programs, a sentence and what to do for people.
#pragma once

#include <string>

namespace hka::addon {

struct CounterProblem {
  std::string code;
  std::string sentence;
  std::string remedy;
};

// What a refusal of CUPTI means. `callName` is CUPTI's function, `result` its CUptiResult, `words` CUPTI's own text for that; `isTegra`
// chooses the remedy, because on a Jetson of JetPack 5 and 6 only root may read counters (shared/JETSON.md 5.4).
CounterProblem counterRefusal(const char* callName, int result, const std::string& words, bool isTegra);

// The chip, such as ga10b, has no such metric.
CounterProblem counterAbsence(const std::string& metric, const std::string& chipName);

}  // namespace hka::addon
