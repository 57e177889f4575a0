// Launches one instance of the warp-tiled kernel.
#pragma once

#include <atomic>

#include "kernels/gemm/gemm_launchers.h"
#include "kernels/gemm/gemm_warp.cuh"

namespace hka::kernels {

// More than 48 KiB of dynamic shared memory must be asked for, once a kernel and device. `devices` has a bit for each device asked;
// those past the 64th ask every time.
template <class Kernel>
cudaError_t allowSharedBytes(Kernel kernel, uint32_t bytes, std::atomic<uint64_t>& devices) {
  int device = 0;
  if (const cudaError_t error = cudaGetDevice(&device); error != cudaSuccess) return error;
  const uint64_t bit = device < 64 ? uint64_t{1} << device : 0;
  if ((devices.load(std::memory_order_relaxed) & bit) != 0) return cudaSuccess;
  const auto asked = static_cast<int>(bytes);
  if (const cudaError_t error = cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, asked); error != cudaSuccess) {
    return error;
  }
  devices.fetch_or(bit, std::memory_order_relaxed);
  return cudaSuccess;
}

template <int... kNumbers>
cudaError_t launchWarp(const GemmArguments& gemm, float* target, cudaStream_t stream) {
  static std::atomic<uint64_t> devices[2] = {};
  const bool isVector = isGemmVector(gemm);
  const auto kernel = isVector ? gemm_warp<kNumbers..., true> : gemm_warp<kNumbers..., false>;
  const Launch launch = gemmLaunch(gemm);
  if (const cudaError_t error = allowSharedBytes(kernel, launch.dynamicSharedBytes, devices[isVector]); error != cudaSuccess) {
    return error;
  }
  const WarpOperands operands{gemm.a, gemm.b, target, gemm.rows, gemm.columns, gemm.depth, gemmDepthPerPart(gemm)};
  kernel<<<cudaDim(launch.grid), cudaDim(launch.block), launch.dynamicSharedBytes, stream>>>(operands);
  return cudaGetLastError();
}

constexpr bool isSameShape(const GemmShape& left, const GemmShape& right) {
  return left.blockRows == right.blockRows && left.blockColumns == right.blockColumns && left.blockDepth == right.blockDepth &&
         left.threadRows == right.threadRows && left.threadColumns == right.threadColumns && left.warpRows == right.warpRows &&
         left.warpColumns == right.warpColumns && left.stages == right.stages && left.slices == right.slices &&
         left.blocksMin == right.blocksMin;
}

// The instances of one of gemm_shapes.h's lists, as lines of a function that launches the one of gemm's shape.
#define HKA_GEMM_LAUNCH_WARP(...) \
  if (isSameShape(variantOf(gemm).shape, GemmShape{__VA_ARGS__})) return launchWarp<__VA_ARGS__>(gemm, gemm.c, stream);

}  // namespace hka::kernels
