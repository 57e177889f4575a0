#include "kernels/gemm/async_copy.cuh"
#include "kernels/gemm/gemm_block.cuh"
#include "kernels/gemm/gemm_launchers.h"

namespace hka::kernels {
using namespace block128;

namespace {

// Starts the copies of one tile. What lies outside the matrices becomes zero.
template <bool kIsVector>
__device__ __forceinline__ void copyTile(Tile& tile, const float* a, const float* b, uint32_t rows, uint32_t columns, uint32_t depth,
                                         uint32_t firstK) {
  const uint32_t kOfA = threadIdx.x % kDepth;
  const uint32_t rowOfA = threadIdx.x / kDepth;
#pragma unroll
  for (int pass = 0; pass < kSide * kDepth / kThreads; ++pass) {
    const uint32_t rowInBlock = rowOfA + pass * (kThreads / kDepth);
    const uint32_t row = blockIdx.y * kSide + rowInBlock;
    const bool isInside = row < rows && firstK + kOfA < depth;
    copyAsync<4>(&tile.a[kOfA][rowInBlock], isInside ? a + size_t{row} * depth + firstK + kOfA : a, isInside);
  }
  const uint32_t kOfB = threadIdx.x / (kSide / 4);
  const uint32_t columnOfB = threadIdx.x % (kSide / 4) * 4;
  constexpr int kCopies = kIsVector ? 1 : 4;
#pragma unroll
  for (int index = 0; index < kCopies; ++index) {
    const uint32_t column = blockIdx.x * kSide + columnOfB + index;
    const bool isInside = firstK + kOfB < depth && column < columns;
    const float* source = isInside ? b + size_t{firstK + kOfB} * columns + column : b;
    copyAsync<16 / kCopies>(&tile.b[kOfB][columnOfB + index], source, isInside);
  }
  closeCopies();
}

}  // namespace

// Two tiles take turns: while one is multiplied the next is on its way, straight into shared memory. One barrier a tile is enough,
// as a tile is only overwritten when everybody has passed the barrier behind its last use.
template <bool kIsVector>
__global__ void __launch_bounds__(kThreads, 2) gemm_double(const float* __restrict__ a, const float* __restrict__ b,
                                                        float* __restrict__ c, uint32_t rows, uint32_t columns, uint32_t depth) {
  __shared__ __align__(16) Tile tiles[2];
  const uint32_t threadRow = threadIdx.x / kAcross;
  const uint32_t threadColumn = threadIdx.x % kAcross;
  float sums[kThreadSide][kThreadSide] = {};
  copyTile<kIsVector>(tiles[0], a, b, rows, columns, depth, 0);
  for (uint32_t firstK = 0, now = 0; firstK < depth; firstK += kDepth, now = 1 - now) {
    waitCopies<0>();
    __syncthreads();
    if (firstK + kDepth < depth) copyTile<kIsVector>(tiles[1 - now], a, b, rows, columns, depth, firstK + kDepth);
    addProducts(sums, tiles[now], threadRow, threadColumn);
  }
  storeSums<kIsVector>(c, rows, columns, threadRow, threadColumn, sums);
}

void launchGemmDouble(const GemmArguments& gemm, cudaStream_t stream) {
  const Launch launch = gemmLaunch(gemm);
  const auto start = [&](auto kernel) {
    kernel<<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(gemm.a, gemm.b, gemm.c, gemm.rows, gemm.columns, gemm.depth);
  };
  if (isGemmVector(gemm)) start(gemm_double<true>);
  else start(gemm_double<false>);
}

}  // namespace hka::kernels
