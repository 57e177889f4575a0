// Launches all steps of a suppression on a stream. Addresses are device memory and the caller has checked the sizes; the answer is
// cudaGetLastError() after the launches.
#pragma once

#include "kernels/common/cuda_dim.h"
#include "kernels/nms/nms.h"

namespace hka::kernels {

// The steps alone, for launchNms().
cudaError_t launchNmsRank(const NmsArguments& nms, cudaStream_t stream);
cudaError_t launchNmsMask(const NmsArguments& nms, cudaStream_t stream);
cudaError_t launchNmsScan(const NmsArguments& nms, cudaStream_t stream);
cudaError_t launchNmsGreedy(const NmsArguments& nms, cudaStream_t stream);

inline cudaError_t launchNms(const NmsArguments& nms, cudaStream_t stream) {
  cudaError_t result = launchNmsRank(nms, stream);
  if (result != cudaSuccess) return result;
  if (nms.variant == NmsVariant::greedy) return launchNmsGreedy(nms, stream);
  result = launchNmsMask(nms, stream);
  return result != cudaSuccess ? result : launchNmsScan(nms, stream);
}

}  // namespace hka::kernels
