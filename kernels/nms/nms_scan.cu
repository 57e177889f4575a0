#include "kernels/nms/nms_cuda.h"

namespace hka::kernels {

namespace {

// Sets the bits in one of the words that all threads share. In halves: shared memory joins 32 bits at once in hardware.
__device__ void joinBits(uint64_t* word, uint64_t bits) {
  uint32_t* halves = reinterpret_cast<uint32_t*>(word);
  const uint32_t low = static_cast<uint32_t>(bits);
  const uint32_t high = static_cast<uint32_t>(bits >> 32);
  if (low != 0) atomicOr(halves, low);
  if (high != 0) atomicOr(halves + 1, high);
}

// Every thread of the warp gets the bits of all.
__device__ uint64_t joinWarp(uint64_t bits) {
#if __CUDA_ARCH__ >= 800
  const uint64_t high = __reduce_or_sync(0xffffffff, static_cast<uint32_t>(bits >> 32));
  return high << 32 | __reduce_or_sync(0xffffffff, static_cast<uint32_t>(bits));
#else
#pragma unroll
  for (uint32_t distance = 16; distance > 0; distance /= 2) bits |= __shfl_xor_sync(0xffffffff, bits, distance);
  return bits;
#endif
}

// Which of 64 boxes stay, of those that are `alive` so far, when row b of `mask` says which ones behind it box b suppresses. Called by one
// warp. Guesses that all stay, and then again that those stay whom no box of the last guess suppresses: after n rounds the first n
// boxes are right, and once a guess is its own answer all are. Chains of boxes that suppress one another are short, so that takes few.
__device__ uint64_t resolve(const uint64_t (&mask)[kNmsWordBits], uint64_t alive) {
  const uint32_t lane = threadIdx.x;
  const uint64_t row = mask[lane];
  const uint64_t rowBehind = mask[lane + 32];
  uint64_t kept = alive;
  for (;;) {
    const uint64_t own = (kept >> lane & 1) != 0 ? row : 0;
    const uint64_t ownBehind = (kept >> (lane + 32) & 1) != 0 ? rowBehind : 0;
    const uint64_t next = alive & ~joinWarp(own | ownBehind);
    if (next == kept) return kept;
    kept = next;
  }
}

}  // namespace

// The walk over an image, 64 boxes at a time: one warp decides which of the 64 stay, from one word each, and then all warps carry what
// those suppress to the boxes behind, each for some of the 64.
__global__ void nms_scan(NmsArguments nms, NmsWorkspace workspace) {
  constexpr uint32_t kWarps = kNmsScanThreads / 32;
  extern __shared__ uint64_t gone[];  // one bit a box
  __shared__ uint64_t diagonal[kNmsWordBits];
  __shared__ uint64_t keptHere;
  const uint32_t words = nmsWords(nms.count);
  const size_t firstOfImage = size_t{blockIdx.x} * nms.count;
  const uint64_t* mask = workspace.mask + firstOfImage * words;
  const uint32_t validCount = workspace.validCounts[blockIdx.x];
  const uint32_t validWords = nmsWords(validCount);
  int32_t* kept = nms.kept + size_t{blockIdx.x} * (size_t{nms.count} + 1);
  const auto diagonalWord = [&](uint32_t word) {
    const uint32_t row = word * kNmsWordBits + threadIdx.x;
    return threadIdx.x < kNmsWordBits && row < validCount ? mask[size_t{row} * words + word] : 0;
  };
  for (uint32_t word = threadIdx.x; word < validWords; word += kNmsScanThreads) gone[word] = 0;
  uint64_t ownDiagonal = diagonalWord(0);
  uint32_t keptCount = 0;
  for (uint32_t word = 0; word < validWords; ++word) {
    const uint32_t firstRow = word * kNmsWordBits;
    if (threadIdx.x < kNmsWordBits) diagonal[threadIdx.x] = ownDiagonal;
    __syncthreads();
    if (word + 1 < validWords) ownDiagonal = diagonalWord(word + 1);  // on its way while one warp decides
    if (threadIdx.x < 32) {
      const uint32_t boxCount = min(kNmsWordBits, validCount - firstRow);
      const uint64_t alive = ~gone[word] & (~uint64_t{0} >> (kNmsWordBits - boxCount));
      const uint64_t decided = resolve(diagonal, alive);
      if (threadIdx.x == 0) keptHere = decided;
    }
    __syncthreads();
    const uint64_t keptBits = keptHere;
    if (threadIdx.x < kNmsWordBits && (keptBits >> threadIdx.x & 1) != 0) {
      const uint32_t before = __popcll(keptBits & ((uint64_t{1} << threadIdx.x) - 1));
      kept[1 + keptCount + before] = static_cast<int32_t>(workspace.order[firstOfImage + firstRow + threadIdx.x]);
    }
    keptCount += __popcll(keptBits);
    for (uint32_t later = word + 1 + threadIdx.x % 32; later < validWords; later += 32) {
      uint64_t bits = 0;
#pragma unroll
      for (uint32_t step = 0; step < kNmsWordBits / kWarps; ++step) {
        const uint32_t box = threadIdx.x / 32 + step * kWarps;
        if ((keptBits >> box & 1) != 0) bits |= mask[size_t{firstRow + box} * words + later];
      }
      joinBits(gone + later, bits);
    }
    __syncthreads();
  }
  if (threadIdx.x == 0) kept[0] = static_cast<int32_t>(keptCount);
  for (uint32_t rest = keptCount + threadIdx.x; rest < nms.count; rest += kNmsScanThreads) kept[1 + rest] = -1;
}

cudaError_t launchNmsScan(const NmsArguments& nms, cudaStream_t stream) {
  const Launch launch = nmsWalkLaunch(nms);
  nms_scan<<<cudaDim(launch.grid), cudaDim(launch.block), launch.dynamicSharedBytes, stream>>>(nms, nmsWorkspace(nms));
  return cudaGetLastError();
}

}  // namespace hka::kernels
