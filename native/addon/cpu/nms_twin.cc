#include "addon/cpu/nms_twin.h"

#include <algorithm>
#include <vector>

#include "kernels/nms/nms_rules.h"

namespace hka::addon {
namespace {

using kernels::kNmsNoKey;
using kernels::kNmsRankBoxes;
using kernels::kNmsWordBits;
using kernels::NmsArguments;
using kernels::nmsKey;
using kernels::nmsWords;
using kernels::NmsWorkspace;

// Ranks 32 boxes by counting how many keys are smaller; the one behind the last has none, and its rank is how many boxes count.
void rankBlock(const NmsArguments& nms, const NmsWorkspace& workspace, uint64_t blockX, uint64_t image) {
  const uint64_t firstOfImage = image * nms.count;
  const float* scores = nms.scores + firstOfImage;
  uint64_t own[kNmsRankBoxes];
  uint32_t rank[kNmsRankBoxes] = {};
  const uint64_t first = blockX * kNmsRankBoxes;
  for (uint32_t box = 0; box < kNmsRankBoxes; ++box) {
    const uint64_t index = first + box;
    own[box] = index < nms.count ? nmsKey(scores[index], nms.scoreThreshold, static_cast<uint32_t>(index)) : kNmsNoKey;
  }
  for (uint32_t other = 0; other < nms.count; ++other) {
    const uint64_t key = nmsKey(scores[other], nms.scoreThreshold, other);
    for (uint32_t box = 0; box < kNmsRankBoxes; ++box) rank[box] += key < own[box] ? 1 : 0;
  }
  for (uint32_t box = 0; box < kNmsRankBoxes; ++box) {
    const uint64_t index = first + box;
    if (index == nms.count) workspace.validCounts[image] = rank[box];
    if (own[box] == kNmsNoKey) continue;
    workspace.boxes[firstOfImage + rank[box]] = nms.boxes[firstOfImage + index];
    workspace.order[firstOfImage + rank[box]] = static_cast<uint32_t>(index);
    workspace.classes[firstOfImage + rank[box]] = nms.classes == nullptr ? 0 : nms.classes[firstOfImage + index];
  }
}

// Whether the box at `rank` suppresses the one at `later`.
bool suppresses(const NmsArguments& nms, const NmsWorkspace& workspace, uint64_t firstOfImage, uint64_t rank, uint64_t later) {
  return workspace.classes[firstOfImage + rank] == workspace.classes[firstOfImage + later] &&
         kernels::overlapsMore(workspace.boxes[firstOfImage + rank], workspace.boxes[firstOfImage + later], nms.overlapThreshold);
}

// 64 boxes against 64 others.
void maskBlock(const NmsArguments& nms, const NmsWorkspace& workspace, uint64_t wordX, uint64_t wordY, uint64_t image) {
  if (wordX < wordY) return;
  const uint64_t firstOfImage = image * nms.count;
  const uint64_t validCount = workspace.validCounts[image];
  const uint64_t rowEnd = std::min<uint64_t>((wordY + 1) * kNmsWordBits, validCount);
  const uint64_t columnEnd = std::min<uint64_t>((wordX + 1) * kNmsWordBits, validCount);
  for (uint64_t row = wordY * kNmsWordBits; row < rowEnd; ++row) {
    uint64_t word = 0;
    for (uint64_t column = std::max(wordX * kNmsWordBits, row + 1); column < columnEnd; ++column) {
      if (suppresses(nms, workspace, firstOfImage, row, column)) word |= uint64_t{1} << column % kNmsWordBits;
    }
    workspace.mask[(firstOfImage + row) * nmsWords(nms.count) + wordX] = word;
  }
}

// The walk over an image. Who is suppressed comes from the mask, or is tested here.
void walkImage(const NmsArguments& nms, const NmsWorkspace& workspace, uint64_t image) {
  const uint64_t firstOfImage = image * nms.count;
  const uint32_t words = nmsWords(nms.count);
  const uint32_t validCount = workspace.validCounts[image];
  int32_t* kept = nms.kept + image * (uint64_t{nms.count} + 1);
  int32_t keptCount = 0;
  std::vector<uint64_t> gone(words, 0);
  for (uint32_t row = 0; row < validCount; ++row) {
    if ((gone[row / kNmsWordBits] >> row % kNmsWordBits & 1) != 0) continue;
    kept[++keptCount] = static_cast<int32_t>(workspace.order[firstOfImage + row]);
    if (nms.variant == kernels::NmsVariant::bitmask) {
      const uint64_t* mask = workspace.mask + (firstOfImage + row) * words;
      for (uint32_t word = row / kNmsWordBits; word < nmsWords(validCount); ++word) gone[word] |= mask[word];
      continue;
    }
    for (uint32_t later = row + 1; later < validCount; ++later) {
      uint64_t& word = gone[later / kNmsWordBits];
      const uint64_t bit = uint64_t{1} << later % kNmsWordBits;
      if ((word & bit) == 0 && suppresses(nms, workspace, firstOfImage, row, later)) word |= bit;
    }
  }
  kept[0] = keptCount;
  std::fill(kept + 1 + keptCount, kept + 1 + nms.count, -1);
}

}  // namespace

BlockRange nmsRankTwin(const NmsArguments& nms) {
  const uint32_t gridX = kernels::nmsRankLaunch(nms).grid.x;
  return [nms, gridX](uint64_t firstBlock, uint64_t endBlock) {
    for (uint64_t block = firstBlock; block < endBlock; ++block) rankBlock(nms, nmsWorkspace(nms), block % gridX, block / gridX);
  };
}

BlockRange nmsMaskTwin(const NmsArguments& nms) {
  const uint32_t words = nmsWords(nms.count);
  return [nms, words](uint64_t firstBlock, uint64_t endBlock) {
    for (uint64_t block = firstBlock; block < endBlock; ++block) {
      maskBlock(nms, nmsWorkspace(nms), block % words, block / words % words, block / words / words);
    }
  };
}

BlockRange nmsWalkTwin(const NmsArguments& nms) {
  return [nms](uint64_t firstBlock, uint64_t endBlock) {
    for (uint64_t image = firstBlock; image < endBlock; ++image) walkImage(nms, nmsWorkspace(nms), image);
  };
}

}  // namespace hka::addon
