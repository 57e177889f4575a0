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

// Whether this is a board whose GPU is part of the Tegra chip, by its release file or its device tree.
bool isTegra(const std::string& root);

// `cuptiMajor`: 13 for CUDA 13.x, 0 when unknown. `consequence` ends each sentence: what the caller goes without.
Preflight checkBeforeCupti(const Environment& environment, int cuptiMajor, const std::string& consequence);

}  // namespace hka
