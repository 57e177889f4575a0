#include "environment.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>

namespace hka {
namespace {

constexpr uint64_t kNsPerSec = 1000000000;
constexpr size_t kFileBytesMax = 1 << 20;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

}  // namespace

Environment readEnvironment() {
  return {variable("HOOKANALYZER_SOCKET"), variable("HOOKANALYZER_TARGET"), variable("HOOKANALYZER_CUPTI"), variable("HOOKANALYZER_ROOT")};
}

uint64_t monotonicNs() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * kNsPerSec + static_cast<uint64_t>(now.tv_nsec);
}

uint32_t threadId() {
  thread_local const auto id = static_cast<uint32_t>(syscall(SYS_gettid));
  return id;
}

std::string readFile(const std::string& path) {
  std::string text;
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return text;
  char chunk[4096];
  ssize_t count;
  while (text.size() < kFileBytesMax && (count = read(descriptor, chunk, sizeof(chunk))) > 0) text.append(chunk, static_cast<size_t>(count));
  close(descriptor);
  return text;
}

std::string executablePath() {
  char path[4096];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof(path));
  return length > 0 ? std::string(path, static_cast<size_t>(length)) : "";
}

std::string commandLine() {
  std::string text = readFile("/proc/self/cmdline");
  while (!text.empty() && text.back() == '\0') text.pop_back();
  for (char& each : text) {
    if (each == '\0') each = ' ';
  }
  return text;
}

}  // namespace hka
