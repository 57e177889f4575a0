// Blocks of a cluster that read each other's shared memory (PTX ISA 7.8, compute capability 9.0). Elsewhere a cluster is one block.
#pragma once

#include "kernels/gemm/gemm_half_mma.cuh"

namespace hka::kernels {

// Waits for all threads of the cluster; what they wrote to shared memory before is then seen.
__device__ __forceinline__ void waitForCluster() {
#if __CUDA_ARCH__ >= 900
  asm volatile("barrier.cluster.arrive.release.aligned;" ::: "memory");
  asm volatile("barrier.cluster.wait.acquire.aligned;" ::: "memory");
#endif
}

// Four floats from the place in block `rank` at which `pointer` lies in this one.
__device__ __forceinline__ float4 loadFromBlock(const float* pointer, uint32_t rank) {
  float4 value = {};
#if __CUDA_ARCH__ >= 900
  uint32_t address;
  asm volatile("mapa.shared::cluster.u32 %0, %1, %2;" : "=r"(address) : "r"(sharedAddress(pointer)), "r"(rank));
  asm volatile("ld.shared::cluster.v4.f32 {%0, %1, %2, %3}, [%4];"
               : "=f"(value.x), "=f"(value.y), "=f"(value.z), "=f"(value.w)
               : "r"(address)
               : "memory");
#endif
  return value;
}

// Lets the next kernel of the stream begin while this one runs, and waits for the one before: what lies between the two calls must not
// touch memory. Nothing, where a kernel begins when the one before has ended.
__device__ __forceinline__ void waitForKernelBefore() {
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.wait;" ::: "memory");
  asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
}

}  // namespace hka::kernels
