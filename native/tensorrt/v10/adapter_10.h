#pragma once

#include <memory>

#include "tensorrt/adapter.h"
#include "tensorrt/libraries.h"

namespace hka::tensorrt::v10 {

std::unique_ptr<Adapter> makeAdapter(const Libraries& libraries);

}  // namespace hka::tensorrt::v10
