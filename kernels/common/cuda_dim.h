#pragma once

#include <cuda_runtime_api.h>

#include "kernels/common/launch.h"

namespace hka::kernels {

inline dim3 cudaDim(const Dim3& dim) { return dim3(dim.x, dim.y, dim.z); }

}  // namespace hka::kernels
