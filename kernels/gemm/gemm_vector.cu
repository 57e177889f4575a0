#include "kernels/gemm/gemm_block.cuh"
#include "kernels/gemm/gemm_launchers.h"

namespace hka::kernels {
using namespace block128;

namespace {

// 4 floats of B from `column` on, zero outside. One load where the rows are aligned.
template <bool kIsVector>
__device__ __forceinline__ float4 loadFour(const float* b, uint32_t k, uint32_t column, uint32_t columns, uint32_t depth) {
  const float* source = b + size_t{k} * columns + column;
  float4 four = make_float4(0, 0, 0, 0);
  if (k >= depth) return four;
  if (kIsVector) return column < columns ? *reinterpret_cast<const float4*>(source) : four;
  if (column < columns) four.x = source[0];
  if (column + 1 < columns) four.y = source[1];
  if (column + 2 < columns) four.z = source[2];
  if (column + 3 < columns) four.w = source[3];
  return four;
}

}  // namespace

// The register-blocked kernel with 16-byte moves: a quarter of the instructions that load, store and read shared memory, which
// otherwise take the multiplications' places in the schedule. A is read 4 bytes at a time, as it is turned on its way.
template <bool kIsVector>
__global__ void __launch_bounds__(kThreads, 2) gemm_vector(const float* __restrict__ a, const float* __restrict__ b,
                                                        float* __restrict__ c, uint32_t rows, uint32_t columns, uint32_t depth) {
  __shared__ __align__(16) Tile tile;
  const uint32_t threadRow = threadIdx.x / kAcross;
  const uint32_t threadColumn = threadIdx.x % kAcross;
  const uint32_t kOfA = threadIdx.x % kDepth;
  const uint32_t rowOfA = threadIdx.x / kDepth;
  const uint32_t kOfB = threadIdx.x / (kSide / 4);
  const uint32_t columnOfB = threadIdx.x % (kSide / 4) * 4;
  float sums[kThreadSide][kThreadSide] = {};
  for (uint32_t firstK = 0; firstK < depth; firstK += kDepth) {
#pragma unroll
    for (int pass = 0; pass < kSide * kDepth / kThreads; ++pass) {
      const uint32_t rowInBlock = rowOfA + pass * (kThreads / kDepth);
      const uint32_t row = blockIdx.y * kSide + rowInBlock;
      const bool isInside = row < rows && firstK + kOfA < depth;
      tile.a[kOfA][rowInBlock] = isInside ? a[size_t{row} * depth + firstK + kOfA] : 0.0F;
    }
    *reinterpret_cast<float4*>(&tile.b[kOfB][columnOfB]) =
        loadFour<kIsVector>(b, firstK + kOfB, blockIdx.x * kSide + columnOfB, columns, depth);
    __syncthreads();
    addProducts(sums, tile, threadRow, threadColumn);
    __syncthreads();
  }
  storeSums<kIsVector>(c, rows, columns, threadRow, threadColumn, sums);
}

void launchGemmVector(const GemmArguments& gemm, cudaStream_t stream) {
  const Launch launch = gemmLaunch(gemm);
  const auto start = [&](auto kernel) {
    kernel<<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(gemm.a, gemm.b, gemm.c, gemm.rows, gemm.columns, gemm.depth);
  };
  if (isGemmVector(gemm)) start(gemm_vector<true>);
  else start(gemm_vector<false>);
}

}  // namespace hka::kernels
