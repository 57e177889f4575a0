#include "tensorrt/v10/progress.h"

#include <exception>

namespace hka::tensorrt::v10 {

void Progress::phaseStart(const char* phase, const char* parent, int32_t stepCount) noexcept {
  try {
    const Phase started{parent == nullptr ? "" : parent, stepCount};
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      phases_[phase] = started;
    }
    if (listener_.onProgress) listener_.onProgress(phase, started.parent, 0, stepCount, false);
  } catch (const std::exception&) {
    // A phase that is not shown is no reason to end the build.
  }
}

bool Progress::stepComplete(const char* phase, int32_t step) noexcept {
  try {
    Phase known;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      const auto found = phases_.find(phase);
      if (found != phases_.end()) known = found->second;
    }
    if (listener_.onProgress) listener_.onProgress(phase, known.parent, step + 1, known.stepCount, false);
    return !isCancelled();
  } catch (const std::exception&) {
    return true;
  }
}

void Progress::phaseFinish(const char* phase) noexcept {
  try {
    Phase known;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      const auto found = phases_.find(phase);
      if (found == phases_.end()) return;
      known = found->second;
      phases_.erase(found);
    }
    if (listener_.onProgress) listener_.onProgress(phase, known.parent, known.stepCount, known.stepCount, true);
  } catch (const std::exception&) {
    // As in phaseStart.
  }
}

}  // namespace hka::tensorrt::v10
