#include "kernels/gemm/gemm_launchers.h"

namespace hka::kernels {
// Each thread keeps one element of C. The block walks along the depth: it loads one tile of A and one of B into shared memory, so
// that each element of them is read from global memory once a tile and not once a thread.
template <int kTile>
__global__ void gemm_tile(const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ c, uint32_t rows,
                          uint32_t columns, uint32_t depth) {
  __shared__ float tileA[kTile][kTile];
  __shared__ float tileB[kTile][kTile];
  const uint32_t row = blockIdx.y * kTile + threadIdx.y;
  const uint32_t column = blockIdx.x * kTile + threadIdx.x;
  float sum = 0;
  for (uint32_t firstK = 0; firstK < depth; firstK += kTile) {
    const uint32_t kOfA = firstK + threadIdx.x;
    const uint32_t kOfB = firstK + threadIdx.y;
    // Zero outside the matrices, so that the inner loop has no edges.
    tileA[threadIdx.y][threadIdx.x] = row < rows && kOfA < depth ? a[size_t{row} * depth + kOfA] : 0.0F;
    tileB[threadIdx.y][threadIdx.x] = kOfB < depth && column < columns ? b[size_t{kOfB} * columns + column] : 0.0F;
    __syncthreads();
    for (int k = 0; k < kTile; ++k) sum += tileA[threadIdx.y][k] * tileB[k][threadIdx.x];
    __syncthreads();  // nobody may load the next tile while another thread still reads this one
  }
  if (row < rows && column < columns) c[size_t{row} * columns + column] = sum;
}

void launchGemmTile(const GemmArguments& gemm, cudaStream_t stream) {
  const Launch launch = gemmLaunch(gemm);
  const auto start = [&](auto kernel) {
    kernel<<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(gemm.a, gemm.b, gemm.c, gemm.rows, gemm.columns, gemm.depth);
  };
  const uint32_t tile = variantOf(gemm).shape.blockRows;
  if (tile == 8) start(gemm_tile<8>);
  else if (tile == 16) start(gemm_tile<16>);
  else start(gemm_tile<32>);
}

}  // namespace hka::kernels
