#include "kernels/gemm/gemm_launchers.h"

namespace hka::kernels {
namespace {

constexpr int kSide = 128;       // of a block's square of C
constexpr int kDepth = 8;        // steps of the depth in shared memory
constexpr int kThreadSide = 8;   // of a thread's sums
constexpr int kThreads = 256;
constexpr int kAcross = kSide / kThreadSide;  // 16 × 16 threads

}  // namespace

// Each thread keeps 8 × 8 elements of C in registers: 16 values read from shared memory serve 64 multiplications, where the tile
// kernel reads 2 for each. A thread's rows and columns lie 16 apart, so that neighbouring threads read neighbouring words.
__global__ void __launch_bounds__(kThreads, 2) gemm_register(const float* __restrict__ a, const float* __restrict__ b,
                                                          float* __restrict__ c, uint32_t rows, uint32_t columns, uint32_t depth) {
  __shared__ float tileA[kDepth][kSide];  // transposed: the rows of one k lie together
  __shared__ float tileB[kDepth][kSide];
  const uint32_t firstRow = blockIdx.y * kSide;
  const uint32_t firstColumn = blockIdx.x * kSide;
  const uint32_t threadRow = threadIdx.x / kAcross;
  const uint32_t threadColumn = threadIdx.x % kAcross;
  float sums[kThreadSide][kThreadSide] = {};
  for (uint32_t firstK = 0; firstK < depth; firstK += kDepth) {
#pragma unroll
    for (int pass = 0; pass < kSide * kDepth / kThreads; ++pass) {
      const uint32_t index = pass * kThreads + threadIdx.x;
      const uint32_t row = firstRow + index / kDepth;
      const uint32_t kOfA = firstK + index % kDepth;
      tileA[index % kDepth][index / kDepth] = row < rows && kOfA < depth ? a[size_t{row} * depth + kOfA] : 0.0F;
      const uint32_t column = firstColumn + index % kSide;
      const uint32_t kOfB = firstK + index / kSide;
      tileB[index / kSide][index % kSide] = kOfB < depth && column < columns ? b[size_t{kOfB} * columns + column] : 0.0F;
    }
    __syncthreads();
#pragma unroll
    for (int k = 0; k < kDepth; ++k) {
      float left[kThreadSide];
      float right[kThreadSide];
#pragma unroll
      for (int index = 0; index < kThreadSide; ++index) {
        left[index] = tileA[k][threadRow + index * kAcross];
        right[index] = tileB[k][threadColumn + index * kAcross];
      }
#pragma unroll
      for (int row = 0; row < kThreadSide; ++row) {
#pragma unroll
        for (int column = 0; column < kThreadSide; ++column) sums[row][column] += left[row] * right[column];
      }
    }
    __syncthreads();
  }
#pragma unroll
  for (int y = 0; y < kThreadSide; ++y) {
    const uint32_t row = firstRow + threadRow + y * kAcross;
#pragma unroll
    for (int x = 0; x < kThreadSide; ++x) {
      const uint32_t column = firstColumn + threadColumn + x * kAcross;
      if (row < rows && column < columns) c[size_t{row} * columns + column] = sums[y][x];
    }
  }
}

void launchGemmRegister(const GemmArguments& gemm, cudaStream_t stream) {
  const Launch launch = gemmLaunch(gemm);
  gemm_register<<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(gemm.a, gemm.b, gemm.c, gemm.rows, gemm.columns,
                                                                            gemm.depth);
}

}  // namespace hka::kernels
