// A kernel that the user wrote, and hardware counters: what is asked for and what is answered, for JavaScript and the CUDA device alike.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "kernels/common/launch.h"

namespace hka::addon {

struct CompileOrder {
  std::string source;
  std::string fileName;
  std::string entry;  // may be empty when the source has one kernel
};

struct CompiledFacts {
  bool isCompiled = false;
  std::string log;       // the compiler's own
  std::string sentence;  // why there is no kernel
  std::string remedy;
  uint32_t id = 0;
  std::string name;
  uint32_t parameterCount = 0;
  uint32_t registersPerThread = 0;
  uint32_t staticSharedBytes = 0;
  uint32_t localBytes = 0;
  uint32_t threadsPerBlockMax = 0;
};

struct CompiledCall {
  uint32_t id = 0;
  kernels::Dim3 grid;
  kernels::Dim3 block;
  uint32_t dynamicSharedBytes = 0;
  std::vector<std::variant<void*, int32_t, uint32_t, float>> values;  // a device address, or a number of four bytes
};

struct CounterFact {
  std::string code;
  std::string sentence;
  std::string remedy;
};

struct CounterFacts {
  std::optional<CounterFact> problem;  // why nothing can be counted
  std::vector<CounterFact> absent;     // one for each metric that the device lacks
};

}  // namespace hka::addon
