// Instances with small blocks whose warps share the depth, for matrices of few blocks.
#include "kernels/gemm/gemm_warp_launch.cuh"

namespace hka::kernels {

cudaError_t launchGemmWarpSliced(const GemmArguments& gemm, cudaStream_t stream) {
  HKA_GEMM_WARPS_SLICED(HKA_GEMM_LAUNCH_WARP)
  return cudaErrorInvalidDeviceFunction;
}

}  // namespace hka::kernels
