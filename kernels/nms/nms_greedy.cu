#include "kernels/nms/nms_cuda.h"
#include "kernels/nms/nms_rules.h"

namespace hka::kernels {

// The walk as it is written down: the next box that is left is kept, and all threads together test those behind it. Every kept box costs
// the block a wait for all its threads; in return, boxes that are gone are tested no more, and no mask is needed.
__global__ void nms_greedy(NmsArguments nms, NmsWorkspace workspace) {
  extern __shared__ uint64_t goneWords[];  // one bit a box
  uint32_t* gone = reinterpret_cast<uint32_t*>(goneWords);
  const size_t firstOfImage = size_t{blockIdx.x} * nms.count;
  const NmsBox* boxes = workspace.boxes + firstOfImage;
  const int32_t* classes = workspace.classes + firstOfImage;
  const uint32_t validCount = workspace.validCounts[blockIdx.x];
  int32_t* kept = nms.kept + size_t{blockIdx.x} * (size_t{nms.count} + 1);
  for (uint32_t half = threadIdx.x; half < 2 * nmsWords(validCount); half += kNmsScanThreads) gone[half] = 0;
  __syncthreads();
  uint32_t keptCount = 0;
  for (uint32_t row = 0; row < validCount; ++row) {
    // The bit of this row was last written before the wait below; nobody writes it now.
    if ((gone[row / 32] >> row % 32 & 1) != 0) continue;
    const NmsBox own = boxes[row];
    const int32_t ownClass = classes[row];
    if (threadIdx.x == 0) kept[1 + keptCount] = static_cast<int32_t>(workspace.order[firstOfImage + row]);
    ++keptCount;
    __syncthreads();
    // A warp takes the 32 boxes of a word, so that only one thread writes it.
    for (uint32_t word = row / 32 + threadIdx.x / 32; word * 32 < validCount; word += kNmsScanThreads / 32) {
      const uint32_t box = word * 32 + threadIdx.x % 32;
      const bool isLeft = box > row && box < validCount && (gone[word] >> threadIdx.x % 32 & 1) == 0;
      const bool isGone = isLeft && classes[box] == ownClass && overlapsMore(own, boxes[box], nms.overlapThreshold);
      const uint32_t bits = __ballot_sync(0xffffffff, isGone);
      if (threadIdx.x % 32 == 0 && bits != 0) gone[word] |= bits;
    }
    __syncthreads();
  }
  if (threadIdx.x == 0) kept[0] = static_cast<int32_t>(keptCount);
  for (uint32_t rest = keptCount + threadIdx.x; rest < nms.count; rest += kNmsScanThreads) kept[1 + rest] = -1;
}

cudaError_t launchNmsGreedy(const NmsArguments& nms, cudaStream_t stream) {
  const Launch launch = nmsWalkLaunch(nms);
  nms_greedy<<<cudaDim(launch.grid), cudaDim(launch.block), launch.dynamicSharedBytes, stream>>>(nms, nmsWorkspace(nms));
  return cudaGetLastError();
}

}  // namespace hka::kernels
