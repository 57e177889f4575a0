// Copies from global to shared memory that run beside the arithmetic (cp.async, PTX ISA 7.0, from sm_80). Below sm_80 the same
// functions copy at once: the result is the same, only the overlap is lost. Where `isInside` is false zeros are written.
#pragma once

#include <cstdint>

namespace hka::kernels {

template <int kBytes>
__device__ __forceinline__ void copyAsync(float* shared, const float* global, bool isInside) {
  static_assert(kBytes == 4 || kBytes == 16);
#if __CUDA_ARCH__ >= 800
  const auto address = static_cast<uint32_t>(__cvta_generic_to_shared(shared));
  const int readBytes = isInside ? kBytes : 0;
  if constexpr (kBytes == 16) {
    // .cg: past the L1 cache, in which nothing of a tile is read twice
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(address), "l"(global), "r"(readBytes) : "memory");
  } else {
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;" ::"r"(address), "l"(global), "r"(readBytes) : "memory");
  }
#else
#pragma unroll
  for (int index = 0; index < kBytes / 4; ++index) shared[index] = isInside ? global[index] : 0.0F;
#endif
}

// Closes a group of copies; every thread counts its own groups, empty ones too.
__device__ __forceinline__ void closeCopies() {
#if __CUDA_ARCH__ >= 800
  asm volatile("cp.async.commit_group;" ::: "memory");
#endif
}

// Waits until at most kOpenCount of this thread's groups are still under way. Other threads' copies need a barrier after it.
template <int kOpenCount>
__device__ __forceinline__ void waitCopies() {
#if __CUDA_ARCH__ >= 800
  asm volatile("cp.async.wait_group %0;" ::"n"(kOpenCount) : "memory");
#endif
}

}  // namespace hka::kernels
