#include "kernels/gemm/gemm_launchers.h"

namespace hka::kernels {
// One thread an element and nothing shared: every thread reads a whole row of A and a whole column of B. Neighbouring threads read
// neighbouring columns, so the reads of B are whole lines; what is read again comes from the caches or not at all.
__global__ void gemm_naive(const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ c, uint32_t rows,
                           uint32_t columns, uint32_t depth) {
  const uint32_t row = blockIdx.y * blockDim.y + threadIdx.y;
  const uint32_t column = blockIdx.x * blockDim.x + threadIdx.x;
  if (row >= rows || column >= columns) return;
  float sum = 0;
  for (uint32_t k = 0; k < depth; ++k) sum += a[size_t{row} * depth + k] * b[size_t{k} * columns + column];
  c[size_t{row} * columns + column] = sum;
}

void launchGemmNaive(const GemmArguments& gemm, cudaStream_t stream) {
  const Launch launch = gemmLaunch(gemm);
  gemm_naive<<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(gemm.a, gemm.b, gemm.c, gemm.rows, gemm.columns, gemm.depth);
}

}  // namespace hka::kernels
