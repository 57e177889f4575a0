// The PTX that half_wgmma.cu is made of, one function an instruction (PTX ISA, "Asynchronous warpgroup level matrix instructions",
// "mbarrier" and "cp.async.bulk.tensor"). Target sm_90a.
#pragma once

#include <cuda.h>
#include <cuda_runtime.h>

#include <cstdint>

namespace hka::kernels {

// Addresses in shared memory are 32-bit numbers here: most of these instructions want them so.
__device__ __forceinline__ uint32_t sharedAddressOf(const void* pointer) {
  return static_cast<uint32_t>(__cvta_generic_to_shared(pointer));
}

// ---- Barriers in shared memory: a phase ends when all arrivals and all announced bytes have come.

__device__ __forceinline__ void makeBarrier(uint32_t barrier, uint32_t arrivalCount) {
  asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(barrier), "r"(arrivalCount) : "memory");
}

__device__ __forceinline__ void showBarriersToCluster() { asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory"); }

__device__ __forceinline__ void arriveAndExpect(uint32_t barrier, uint32_t bytes) {
  asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(barrier), "r"(bytes) : "memory");
}

// Arrives at the same barrier of a block of the cluster. Neither this nor the wait below says .cluster: the copy engine and the
// products order what they do with shared memory by themselves, and that scope would cost a fence of the whole device each time.
__device__ __forceinline__ void arriveAtBlock(uint32_t barrier, uint32_t blockRank) {
  asm volatile(
      "{\n.reg .b32 remote;\nmapa.shared::cluster.u32 remote, %0, %1;\n"
      "mbarrier.arrive.shared::cluster.b64 _, [remote];\n}" ::"r"(barrier),
      "r"(blockRank)
      : "memory");
}

// Returns when the phase of this parity has ended. The wait is inside the instruction, with a limit of its own; hence the loop.
__device__ __forceinline__ void waitPhase(uint32_t barrier, uint32_t parity) {
  asm volatile(
      "{\n.reg .pred done;\nagain:\n"
      "mbarrier.try_wait.parity.shared::cta.b64 done, [%0], %1;\n"
      "@!done bra again;\n}" ::"r"(barrier),
      "r"(parity)
      : "memory");
}

// All threads of all blocks of the cluster.
__device__ __forceinline__ void syncCluster() {
  asm volatile("barrier.cluster.arrive.release.aligned;\nbarrier.cluster.wait.acquire.aligned;" ::: "memory");
}

__device__ __forceinline__ uint32_t blockRankInCluster() {
  uint32_t rank;
  asm volatile("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
  return rank;
}

// Barrier `number` of the block, for the 128 threads of one warpgroup.
__device__ __forceinline__ void syncWarpgroup(uint32_t number) { asm volatile("bar.sync %0, 128;" ::"r"(number) : "memory"); }

// ---- The copy engine. A box of a matrix, named by the map, into shared memory; its bytes count at the barrier.

__device__ __forceinline__ void prefetchMap(const CUtensorMap* map) {
  asm volatile("prefetch.tensormap [%0];" ::"l"(map) : "memory");
}

__device__ __forceinline__ void copyBox(uint32_t target, const CUtensorMap* map, uint32_t column, uint32_t row, uint32_t barrier) {
  asm volatile(
      "cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [%0], [%1, {%2, %3}], [%4];" ::"r"(target),
      "l"(map), "r"(column), "r"(row), "r"(barrier)
      : "memory");
}

// The same to the same place of every block whose bit is set; each one's own barrier counts the bytes.
__device__ __forceinline__ void copyBoxToBlocks(uint32_t target, const CUtensorMap* map, uint32_t column, uint32_t row,
                                                uint32_t barrier, uint16_t blocks) {
  asm volatile(
      "cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes.multicast::cluster"
      " [%0], [%1, {%2, %3}], [%4], %5;" ::"r"(target),
      "l"(map), "r"(column), "r"(row), "r"(barrier), "h"(blocks)
      : "memory");
}

// From shared memory to the matrix; what lies outside of it is not written.
__device__ __forceinline__ void storeBox(const CUtensorMap* map, uint32_t source, uint32_t column, uint32_t row) {
  asm volatile("cp.async.bulk.tensor.2d.global.shared::cta.tile.bulk_group [%0, {%1, %2}], [%3];" ::"l"(map), "r"(column), "r"(row),
               "r"(source)
               : "memory");
}

__device__ __forceinline__ void closeStoreGroup() { asm volatile("cp.async.bulk.commit_group;" ::: "memory"); }

// Waits until the shared memory of this thread's stores may be written again.
__device__ __forceinline__ void waitStoresRead() { asm volatile("cp.async.bulk.wait_group.read 0;" ::: "memory"); }

__device__ __forceinline__ void waitStoresDone() { asm volatile("cp.async.bulk.wait_group 0;" ::: "memory"); }

// Makes what this thread wrote to shared memory visible to the copy engine.
__device__ __forceinline__ void showWritesToCopyEngine() { asm volatile("fence.proxy.async.shared::cta;" ::: "memory"); }

// Four 8 × 8 matrices of halves to shared memory; lane i names row i % 8 of matrix i / 8.
__device__ __forceinline__ void storeMatrices(uint32_t row, uint32_t m0, uint32_t m1, uint32_t m2, uint32_t m3) {
  asm volatile("stmatrix.sync.aligned.m8n8.x4.shared.b16 [%0], {%1, %2, %3, %4};" ::"r"(row), "r"(m0), "r"(m1), "r"(m2), "r"(m3)
               : "memory");
}

// ---- Products of a warpgroup: 128 threads, operands in shared memory, sums in registers.

// Orders the registers of the sums, and must come before the first product of a step.
__device__ __forceinline__ void openProducts() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }

__device__ __forceinline__ void closeProducts() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }

template <int kPending>
__device__ __forceinline__ void waitProducts() {
  asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(kPending) : "memory");
}

template <int kCount>
__device__ __forceinline__ void takeRegisters() {
  asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(kCount));
}

template <int kCount>
__device__ __forceinline__ void giveRegistersBack() {
  asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(kCount));
}

#define HKA_SUMS_4(i) "+f"(sum[i]), "+f"(sum[(i) + 1]), "+f"(sum[(i) + 2]), "+f"(sum[(i) + 3])
#define HKA_SUMS_16(i) HKA_SUMS_4(i), HKA_SUMS_4((i) + 4), HKA_SUMS_4((i) + 8), HKA_SUMS_4((i) + 12)

// sum (64 × 64) += a (64 × 16) · b (16 × 64); the sum before counts for nothing when isFirst.
__device__ __forceinline__ void multiplyAddGroup(float (&sum)[32], uint64_t a, uint64_t b, bool isFirst) {
  asm volatile(
      "{\n.reg .pred p;\nsetp.eq.u32 p, %34, 0;\n"
      "wgmma.mma_async.sync.aligned.m64n64k16.f32.f16.f16 {"
      "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
      "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31"
      "}, %32, %33, p, 1, 1, 0, 1;\n}"
      : HKA_SUMS_16(0),
        HKA_SUMS_16(16)
      : "l"(a), "l"(b), "r"(static_cast<uint32_t>(isFirst)));
}

// sum (64 × 128) += a (64 × 16) · b (16 × 128); the sum before counts for nothing when isFirst.
__device__ __forceinline__ void multiplyAddGroup(float (&sum)[64], uint64_t a, uint64_t b, bool isFirst) {
  asm volatile(
      "{\n.reg .pred p;\nsetp.eq.u32 p, %66, 0;\n"
      "wgmma.mma_async.sync.aligned.m64n128k16.f32.f16.f16 {"
      "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
      "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
      "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "
      "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63"
      "}, %64, %65, p, 1, 1, 0, 1;\n}"
      : HKA_SUMS_16(0),
        HKA_SUMS_16(16),
        HKA_SUMS_16(32),
        HKA_SUMS_16(48)
      : "l"(a), "l"(b), "r"(static_cast<uint32_t>(isFirst)));
}

// sum (64 × 256) += a (64 × 16) · b (16 × 256); the sum before counts for nothing when isFirst.
__device__ __forceinline__ void multiplyAddGroup(float (&sum)[128], uint64_t a, uint64_t b, bool isFirst) {
  asm volatile(
      "{\n.reg .pred p;\nsetp.eq.u32 p, %130, 0;\n"
      "wgmma.mma_async.sync.aligned.m64n256k16.f32.f16.f16 {"
      "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
      "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
      "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "
      "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63, "
      "%64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, "
      "%80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95, "
      "%96, %97, %98, %99, %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, %110, %111, "
      "%112, %113, %114, %115, %116, %117, %118, %119, %120, %121, %122, %123, %124, %125, %126, %127"
      "}, %128, %129, p, 1, 1, 0, 1;\n}"
      : HKA_SUMS_16(0),
        HKA_SUMS_16(16),
        HKA_SUMS_16(32),
        HKA_SUMS_16(48),
        HKA_SUMS_16(64),
        HKA_SUMS_16(80),
        HKA_SUMS_16(96),
        HKA_SUMS_16(112)
      : "l"(a), "l"(b), "r"(static_cast<uint32_t>(isFirst)));
}

#undef HKA_SUMS_4
#undef HKA_SUMS_16

}  // namespace hka::kernels
