// Split-K: for a C of so few elements that even small blocks leave multiprocessors idle. The depth is cut into parts, each a grid of
// its own in z, whose sums lie one behind the other in the workspace; a second kernel adds them. No atomic additions, so the same
// inputs give the same bits every time.
#include "kernels/gemm/gemm_warp_launch.cuh"

namespace hka::kernels {

__global__ void __launch_bounds__(kGemmSumThreads) gemm_sum_parts(const float* __restrict__ partial, float* __restrict__ c,
                                                                  size_t elements, uint32_t parts) {
  const size_t index = size_t{blockIdx.x} * kGemmSumThreads + threadIdx.x;
  if (index >= elements) return;
  float sum = partial[index];
  for (uint32_t part = 1; part < parts; ++part) sum += partial[part * elements + index];
  c[index] = sum;
}

cudaError_t launchGemmSplit(const GemmArguments& gemm, cudaStream_t stream) {
  if (const cudaError_t error = launchWarp<HKA_GEMM_SPLIT_SHAPE>(gemm, gemm.workspace, stream); error != cudaSuccess) return error;
  const Launch launch = gemmSumLaunch(gemm);
  gemm_sum_parts<<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(gemm.workspace, gemm.c, size_t{gemm.rows} * gemm.columns,
                                                                             gemmUsedParts(gemm));
  return cudaGetLastError();
}

}  // namespace hka::kernels
