// Launches the softmax kernels. Addresses are device memory, multiples of 16 bytes, and the caller has checked the sizes; the answer is
// cudaGetLastError() after the launch.
#pragma once

#include "kernels/common/cuda_dim.h"
#include "kernels/softmax/softmax.h"

namespace hka::kernels {

cudaError_t launchSoftmaxPasses(const SoftmaxArguments& softmax, cudaStream_t stream);
cudaError_t launchSoftmaxKept(const SoftmaxArguments& softmax, cudaStream_t stream);
cudaError_t launchSoftmaxStream(const SoftmaxArguments& softmax, cudaStream_t stream);

inline cudaError_t launchSoftmax(const SoftmaxArguments& softmax, cudaStream_t stream) {
  if (softmax.variant == SoftmaxVariant::passes) return launchSoftmaxPasses(softmax, stream);
  const bool isKept = kSoftmaxShapes[softmaxShapeIndex(softmax.columns)].vectors > 0;
  return isKept ? launchSoftmaxKept(softmax, stream) : launchSoftmaxStream(softmax, stream);
}

}  // namespace hka::kernels
