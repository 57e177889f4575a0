// What the collector is told by environment, and where it looks for files.
#pragma once

#include <cstdint>
#include <string>

namespace hka {

struct Environment {
  std::string socketPath;  // HOOKANALYZER_SOCKET; empty: nobody wants to know
  std::string target;      // HOOKANALYZER_TARGET
  std::string cuptiPath;   // HOOKANALYZER_CUPTI: this library and no other
  std::string root;        // HOOKANALYZER_ROOT: the file tree for checks, for tests; empty is /
};

Environment readEnvironment();

// CLOCK_MONOTONIC in nanoseconds.
uint64_t monotonicNs();
// System thread id of the calling thread.
uint32_t threadId();
// The whole file, or nothing.
std::string readFile(const std::string& path);
// Target of /proc/self/exe.
std::string executablePath();
// /proc/self/cmdline with spaces.
std::string commandLine();

}  // namespace hka
