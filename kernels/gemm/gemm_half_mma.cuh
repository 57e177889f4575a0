// The PTX that half_mma.cu is made of, one function an instruction (PTX ISA, "Matrix multiply-accumulate operation using mma" and
// "cp.async"). Compute capability 8.0 and later.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

namespace hka::kernels {

// Where chunk `chunk` of row `row` lies, in chunks. Eight rows fill the 32 banks when a row has 8 chunks or more, and each pair of
// rows does when it has 4; the exclusive or moves each of them to a place of its own.
template <int kRowChunks>
__device__ __forceinline__ uint32_t chunkPlace(uint32_t row, uint32_t chunk) {
  static_assert(kRowChunks == 4 || kRowChunks % 8 == 0);
  return row * kRowChunks + (chunk ^ (kRowChunks == 4 ? row / 2 % 4 : row % 8));
}

__device__ __forceinline__ uint32_t sharedAddress(const void* pointer) {
  return static_cast<uint32_t>(__cvta_generic_to_shared(pointer));
}

// 16 bytes from global to shared memory past the registers; zeros, and nothing read, when not isInside.
__device__ __forceinline__ void copyChunkAsync(void* target, const void* source, bool isInside) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(sharedAddress(target)), "l"(source), "r"(isInside ? 16 : 0)
               : "memory");
}

__device__ __forceinline__ void closeCopyGroup() { asm volatile("cp.async.commit_group;" ::: "memory"); }

// Waits until all but the kPending latest groups of this thread have come.
template <int kPending>
__device__ __forceinline__ void waitCopyGroups() {
  asm volatile("cp.async.wait_group %0;" ::"n"(kPending) : "memory");
}

// Four 8 × 8 matrices of halves; lane i names row i % 8 of matrix i / 8. Thread t gets columns 2 (t % 4) and the next of row t / 4.
__device__ __forceinline__ void loadMatrices(uint32_t (&matrices)[4], const void* row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(matrices[0]), "=r"(matrices[1]), "=r"(matrices[2]), "=r"(matrices[3])
               : "r"(sharedAddress(row))
               : "memory");
}

__device__ __forceinline__ void loadMatricesTransposed(uint32_t (&matrices)[4], const void* row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(matrices[0]), "=r"(matrices[1]), "=r"(matrices[2]), "=r"(matrices[3])
               : "r"(sharedAddress(row))
               : "memory");
}

// sum (16 × 8) += a (16 × 16) · b (16 × 8), in float32.
__device__ __forceinline__ void multiplyAdd(float (&sum)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
               : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

}  // namespace hka::kernels
