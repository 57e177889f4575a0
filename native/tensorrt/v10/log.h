// TensorRT's logger: passes lines on, and keeps the errors, because a null pointer is all that TensorRT's functions return. Any thread.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "tensorrt/log_words.h"
#include "tensorrt/v10/tensorrt_10.h"

namespace hka::tensorrt::v10 {

class Log : public nvinfer1::ILogger {
 public:
  Log() = default;
  Log(std::function<void(LogSeverity, const std::string&)> onLog, LogSeverity severityMax) : onLog_(std::move(onLog)), severityMax_(severityMax) {}

  void log(nvinfer1::ILogger::Severity severity, const char* text) noexcept override;
  // The errors since the last call, the oldest first; what came after the first 64 is dropped, as the cause stands before.
  std::vector<std::string> takeErrors();
  [[nodiscard]] BuildMemory buildMemory();

 private:
  std::function<void(LogSeverity, const std::string&)> onLog_;
  LogSeverity severityMax_ = LogSeverity::warning;
  std::mutex mutex_;  // guards what follows
  std::vector<std::string> errors_;
  BuildMemory memory_;
};

}  // namespace hka::tensorrt::v10
