#include "kernels/gemm/gemm_launchers.h"

namespace hka::kernels {

cudaError_t launchGemm(const GemmArguments& gemm, cudaStream_t stream) {
  switch (variantOf(gemm).idea) {
    case GemmIdea::kNaive:
      launchGemmNaive(gemm, stream);
      break;
    case GemmIdea::kTile:
      launchGemmTile(gemm, stream);
      break;
    case GemmIdea::kRegister:
      launchGemmRegister(gemm, stream);
      break;
    case GemmIdea::kVector:
      launchGemmVector(gemm, stream);
      break;
    case GemmIdea::kDouble:
      launchGemmDouble(gemm, stream);
      break;
    case GemmIdea::kWarp:
      return variantOf(gemm).shape.slices > 1 ? launchGemmWarpSliced(gemm, stream) : launchGemmWarpWide(gemm, stream);
    case GemmIdea::kSplit:
      return launchGemmSplit(gemm, stream);
  }
  return cudaGetLastError();
}

}  // namespace hka::kernels
