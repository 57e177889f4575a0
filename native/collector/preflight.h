// Looks before the first CUPTI call, because on a Jetson a wrong one can end the target.
#pragma once

#include <string>
#include <vector>

#include "environment.h"
#include "wire/layout.h"

namespace hka {

struct Finding {
  wire::Severity severity;
  std::string code;
  std::string sentence;
  std::string remedy;
};

struct Preflight {
  bool mayTrace = true;
  std::vector<Finding> findings;
};

// `cuptiMajor`: 13 for CUDA 13.x, 0 when unknown.
Preflight checkBeforeCupti(const Environment& environment, int cuptiMajor);

}  // namespace hka
