// Sums the layer times that TensorRT reports after an inference. Only used under the engine's lock.
#pragma once

#include <exception>
#include <map>
#include <string>
#include <vector>

#include "tensorrt/v10/tensorrt_10.h"

namespace hka::tensorrt::v10 {

class LayerProfiler : public nvinfer1::IProfiler {
 public:
  void reportLayerTime(const char* layer, float milliseconds) noexcept override {
    try {
      const auto [found, isNew] = places_.try_emplace(layer, sums_.size());
      if (isNew) sums_.push_back({layer, 0, 0});
      LayerTime& sum = sums_[found->second];
      sum.meanNs += static_cast<double>(milliseconds) * 1e6;  // a sum until times() divides it
      ++sum.count;
    } catch (const std::exception&) {
      // Memory ran out: this layer's time is not counted, which its count shows.
    }
  }

  [[nodiscard]] std::vector<LayerTime> times() const {
    std::vector<LayerTime> means = sums_;
    for (LayerTime& each : means) each.meanNs /= static_cast<double>(each.count);
    return means;
  }
  void reset() {
    places_.clear();
    sums_.clear();
  }

 private:
  std::map<std::string, size_t> places_;
  std::vector<LayerTime> sums_;
};

}  // namespace hka::tensorrt::v10
