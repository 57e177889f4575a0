// Instances with wide blocks, for matrices that have more of them than the device has multiprocessors. Apart from the sliced ones, so
// that the two compile side by side.
#include "kernels/gemm/gemm_warp_launch.cuh"

namespace hka::kernels {

cudaError_t launchGemmWarpWide(const GemmArguments& gemm, cudaStream_t stream) {
  HKA_GEMM_WARPS_WIDE(HKA_GEMM_LAUNCH_WARP)
  return cudaErrorInvalidDeviceFunction;
}

}  // namespace hka::kernels
