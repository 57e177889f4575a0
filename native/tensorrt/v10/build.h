#pragma once

#include "tensorrt/libraries.h"
#include "tensorrt/orders.h"

namespace hka::tensorrt::v10 {

// From an ONNX file to a plan. Throws Problem; `buildCancelled` when the listener wanted its end.
BuildOutcome build(const Libraries& libraries, const BuildOrder& order, const BuildListener& listener);

Bytes mergeTimingCaches(const Libraries& libraries, const std::vector<Bytes>& caches);

}  // namespace hka::tensorrt::v10
