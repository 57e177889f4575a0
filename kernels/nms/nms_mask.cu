#include "kernels/nms/nms_cuda.h"
#include "kernels/nms/nms_rules.h"

namespace hka::kernels {

// A block compares 64 boxes, one a thread, with 64 others, and each thread writes one word. A box suppresses only those behind it, so
// the blocks below the diagonal have nothing to do, and their words are never read.
__global__ void nms_mask(NmsArguments nms, NmsWorkspace workspace) {
  __shared__ NmsBox others[kNmsWordBits];
  __shared__ int32_t otherClasses[kNmsWordBits];
  const uint32_t validCount = workspace.validCounts[blockIdx.z];
  const uint32_t firstRow = blockIdx.y * kNmsWordBits;
  const uint32_t firstColumn = blockIdx.x * kNmsWordBits;
  if (blockIdx.x < blockIdx.y || firstColumn >= validCount || firstRow >= validCount) return;
  const size_t firstOfImage = size_t{blockIdx.z} * nms.count;
  const uint32_t column = firstColumn + threadIdx.x;
  if (column < validCount) {
    others[threadIdx.x] = workspace.boxes[firstOfImage + column];
    otherClasses[threadIdx.x] = workspace.classes[firstOfImage + column];
  }
  __syncthreads();
  const uint32_t row = firstRow + threadIdx.x;
  if (row >= validCount) return;
  const NmsBox own = workspace.boxes[firstOfImage + row];
  const int32_t ownClass = workspace.classes[firstOfImage + row];
  const uint32_t columnCount = min(kNmsWordBits, validCount - firstColumn);
  uint64_t word = 0;
  for (uint32_t bit = blockIdx.x == blockIdx.y ? threadIdx.x + 1 : 0; bit < columnCount; ++bit) {
    const bool isGone = otherClasses[bit] == ownClass && overlapsMore(own, others[bit], nms.overlapThreshold);
    word |= uint64_t{isGone} << bit;
  }
  workspace.mask[(firstOfImage + row) * gridDim.x + blockIdx.x] = word;
}

cudaError_t launchNmsMask(const NmsArguments& nms, cudaStream_t stream) {
  const Launch launch = nmsMaskLaunch(nms);
  nms_mask<<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(nms, nmsWorkspace(nms));
  return cudaGetLastError();
}

}  // namespace hka::kernels
