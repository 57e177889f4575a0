#include "tensorrt/v10/log.h"

#include <cstring>
#include <exception>

namespace hka::tensorrt::v10 {
namespace {

constexpr size_t kErrorCountMax = 64;
constexpr size_t kLineBytesMax = 4096;

}  // namespace

void Log::log(nvinfer1::ILogger::Severity severity, const char* text) noexcept {
  try {
    const std::string line(text, strnlen(text, kLineBytesMax));
    const LogSeverity own = severityOf(severity);
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (own <= LogSeverity::error && errors_.size() < kErrorCountMax) errors_.push_back(line);
      if (own == LogSeverity::note || own == LogSeverity::verbose) readMemoryLine(line, memory_);
    }
    if (onLog_ && own <= severityMax_) onLog_(own, line);
  } catch (const std::exception&) {
    // Memory ran out: the line is lost, the build goes on.
  }
}

std::vector<std::string> Log::takeErrors() {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<std::string> taken;
  taken.swap(errors_);
  return taken;
}

BuildMemory Log::buildMemory() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return memory_;
}

}  // namespace hka::tensorrt::v10
