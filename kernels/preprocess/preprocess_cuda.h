// Launches the preprocess kernels. Addresses are device memory and the caller has checked the sizes; the answer is
// cudaGetLastError() after the launch.
#pragma once

#include "kernels/common/cuda_dim.h"
#include "kernels/preprocess/preprocess.h"

namespace hka::kernels {

cudaError_t launchPreprocessBytes(const PreprocessArguments& preprocess, cudaStream_t stream);
cudaError_t launchPreprocessWords(const PreprocessArguments& preprocess, cudaStream_t stream);

inline cudaError_t launchPreprocess(const PreprocessArguments& preprocess, cudaStream_t stream) {
  return isPreprocessWords(preprocess) ? launchPreprocessWords(preprocess, stream) : launchPreprocessBytes(preprocess, stream);
}

}  // namespace hka::kernels
