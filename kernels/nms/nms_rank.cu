#include "kernels/nms/nms_cuda.h"
#include "kernels/nms/nms_rules.h"

namespace hka::kernels {

// Sorts by counting: the rank of a box is how many keys are smaller than its own. That is as many comparisons as the mask has bits, each
// far cheaper, all independent, and done in one launch without a step that waits for another. Keys differ, so no two boxes get one rank.
// One box behind the last has no key; its rank is how many boxes have one.
__global__ void nms_rank(NmsArguments nms, NmsWorkspace workspace) {
  __shared__ uint64_t keys[kNmsRankThreads];
  __shared__ uint32_t smallerCounts[kNmsRankSlices][kNmsRankBoxes];
  const size_t firstOfImage = size_t{blockIdx.y} * nms.count;
  const float* scores = nms.scores + firstOfImage;
  const uint32_t index = blockIdx.x * kNmsRankBoxes + threadIdx.x;
  const uint64_t own = index < nms.count ? nmsKey(scores[index], nms.scoreThreshold, index) : kNmsNoKey;
  const uint32_t thread = threadIdx.y * kNmsRankBoxes + threadIdx.x;
  uint32_t smallerCount = 0;
  for (uint32_t first = 0; first < nms.count; first += kNmsRankThreads) {
    const uint32_t other = first + thread;
    keys[thread] = other < nms.count ? nmsKey(scores[other], nms.scoreThreshold, other) : kNmsNoKey;
    __syncthreads();
    // Each slice counts among its own 32 keys of the 256.
#pragma unroll
    for (uint32_t step = 0; step < kNmsRankBoxes; ++step) smallerCount += keys[threadIdx.y * kNmsRankBoxes + step] < own ? 1 : 0;
    __syncthreads();  // nobody may load the next keys while another thread still reads these
  }
  smallerCounts[threadIdx.y][threadIdx.x] = smallerCount;
  __syncthreads();
  if (threadIdx.y != 0 || index > nms.count) return;
  uint32_t rank = 0;
#pragma unroll
  for (uint32_t slice = 0; slice < kNmsRankSlices; ++slice) rank += smallerCounts[slice][threadIdx.x];
  if (index == nms.count) workspace.validCounts[blockIdx.y] = rank;
  if (own == kNmsNoKey) return;
  workspace.boxes[firstOfImage + rank] = nms.boxes[firstOfImage + index];
  workspace.order[firstOfImage + rank] = index;
  workspace.classes[firstOfImage + rank] = nms.classes == nullptr ? 0 : nms.classes[firstOfImage + index];
}

cudaError_t launchNmsRank(const NmsArguments& nms, cudaStream_t stream) {
  const Launch launch = nmsRankLaunch(nms);
  nms_rank<<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(nms, nmsWorkspace(nms));
  return cudaGetLastError();
}

}  // namespace hka::kernels
