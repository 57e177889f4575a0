// What TensorRT asks and tells while it builds. Any thread of its own may call.
#pragma once

#include <map>
#include <mutex>

#include "tensorrt/v10/tensorrt_10.h"

namespace hka::tensorrt::v10 {

class Progress : public nvinfer1::IProgressMonitor {
 public:
  explicit Progress(const BuildListener& listener) : listener_(listener) {}

  void phaseStart(const char* phase, const char* parent, int32_t stepCount) noexcept override;
  // False ends the build, which then returns nothing.
  bool stepComplete(const char* phase, int32_t step) noexcept override;
  void phaseFinish(const char* phase) noexcept override;

 private:
  struct Phase {
    std::string parent;
    int32_t stepCount = 0;
  };
  [[nodiscard]] bool isCancelled() const { return listener_.isCancelled && listener_.isCancelled(); }

  const BuildListener& listener_;
  std::mutex mutex_;  // guards phases_
  std::map<std::string, Phase> phases_;
};

}  // namespace hka::tensorrt::v10
