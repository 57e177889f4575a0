#pragma once

#include <memory>

#include "tensorrt/adapter.h"
#include "tensorrt/cuda_session.h"
#include "tensorrt/libraries.h"

namespace hka::tensorrt::v10 {

// Empties the order's plan once it is loaded. Throws Problem.
std::unique_ptr<Engine> loadEngine(const Libraries& libraries, std::shared_ptr<CudaSession> cuda, LoadOrder& order);

}  // namespace hka::tensorrt::v10
