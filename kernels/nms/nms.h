// Non-maximum suppression of a batch of images: the boxes by falling score, equal scores by rising index, each kept unless a kept one
// before it overlaps it too much. All steps run on the device, one behind the other, and the host is not asked in between:
//
//   rank ▸ mask ▸ scan      bitmask: all pairs at once, then a walk over 64 boxes at a time
//   rank ▸ greedy           greedy: the walk over the boxes itself, one kept box after the other
//
// The answer is the same on every device to the last box: what decides is float32 arithmetic, rounded after every step.
#pragma once

#include <vector>

#include "kernels/common/host_device.h"
#include "kernels/common/launch.h"

namespace hka::kernels {

enum class NmsVariant : uint32_t { greedy, bitmask };
constexpr const char* kNmsVariants[] = {"greedy", "bitmask"};

struct alignas(16) NmsBox {
  float left, top, right, bottom;
};

struct NmsArguments {
  const NmsBox* boxes = nullptr;     // images × count
  const float* scores = nullptr;     // images × count
  const int32_t* classes = nullptr;  // images × count; boxes of different classes do not meet. nullptr: all of one class
  int32_t* kept = nullptr;           // images × (1 + count): how many are kept, their indices in order, and -1 for the rest
  void* workspace = nullptr;         // nmsWorkspaceBytes(), at a multiple of 16 bytes
  uint32_t images = 0;
  uint32_t count = 0;
  float scoreThreshold = 0;    // a box counts when its score is larger; a NaN never is
  float overlapThreshold = 0;  // of intersection over union; a box goes when its overlap is larger
  NmsVariant variant = NmsVariant::bitmask;
};

constexpr uint32_t kNmsCountMax = 65536;  // of boxes of an image; the mask of so many has 512 MiB
constexpr uint32_t kNmsWordBits = 64;     // of the mask: one word says which of 64 boxes another one suppresses
constexpr uint32_t kNmsRankBoxes = 32;    // ranked by one block
constexpr uint32_t kNmsRankSlices = 8;    // threads that share the counting for one box
constexpr uint32_t kNmsRankThreads = kNmsRankBoxes * kNmsRankSlices;
constexpr uint32_t kNmsScanThreads = 512;

HKA_HOST_DEVICE inline uint32_t nmsWords(uint32_t count) { return (count + kNmsWordBits - 1) / kNmsWordBits; }

// Where the steps leave what the next ones need. Sorted: the boxes that count, by rank.
struct NmsWorkspace {
  NmsBox* boxes;          // images × count, sorted
  uint64_t* mask;         // images × count × nmsWords(count); bitmask only. Bit b of word w of row r: box 64 w + b, behind r, overlaps r
  uint32_t* order;        // images × count: which box it was
  int32_t* classes;       // images × count, sorted
  uint32_t* validCounts;  // images: how many boxes count
};

inline uint64_t nmsMaskBytes(const NmsArguments& nms) {
  return nms.variant == NmsVariant::bitmask ? uint64_t{nms.images} * nms.count * nmsWords(nms.count) * sizeof(uint64_t) : 0;
}

inline uint64_t nmsWorkspaceBytes(const NmsArguments& nms) {
  const uint64_t boxCount = uint64_t{nms.images} * nms.count;
  return nmsMaskBytes(nms) + boxCount * (sizeof(NmsBox) + sizeof(uint32_t) + sizeof(int32_t)) + nms.images * sizeof(uint32_t);
}

inline NmsWorkspace nmsWorkspace(const NmsArguments& nms) {
  const uint64_t boxCount = uint64_t{nms.images} * nms.count;
  NmsWorkspace workspace{};
  workspace.boxes = static_cast<NmsBox*>(nms.workspace);
  workspace.mask = reinterpret_cast<uint64_t*>(workspace.boxes + boxCount);
  workspace.order = reinterpret_cast<uint32_t*>(workspace.mask + nmsMaskBytes(nms) / sizeof(uint64_t));
  workspace.classes = reinterpret_cast<int32_t*>(workspace.order + boxCount);
  workspace.validCounts = reinterpret_cast<uint32_t*>(workspace.classes + boxCount);
  return workspace;
}

inline Launch nmsRankLaunch(const NmsArguments& nms) {
  Launch launch;
  launch.name = "nms_rank";
  launch.grid = {ceilDiv(uint64_t{nms.count} + 1, kNmsRankBoxes), nms.images, 1};  // one more: its rank is how many boxes count
  launch.block = {kNmsRankBoxes, kNmsRankSlices, 1};
  launch.staticSharedBytes = kNmsRankThreads * sizeof(uint64_t) + kNmsRankThreads * sizeof(uint32_t);
  return launch;
}

inline Launch nmsMaskLaunch(const NmsArguments& nms) {
  Launch launch;
  launch.name = "nms_mask";
  launch.grid = {nmsWords(nms.count), nmsWords(nms.count), nms.images};
  launch.block = {kNmsWordBits, 1, 1};
  launch.staticSharedBytes = kNmsWordBits * (sizeof(NmsBox) + sizeof(int32_t));
  return launch;
}

// One block walks over an image, with one bit a box in shared memory.
inline Launch nmsWalkLaunch(const NmsArguments& nms) {
  const bool isScan = nms.variant == NmsVariant::bitmask;
  Launch launch;
  launch.name = isScan ? "nms_scan" : "nms_greedy";
  launch.grid = {nms.images, 1, 1};
  launch.block = {kNmsScanThreads, 1, 1};
  launch.staticSharedBytes = isScan ? kNmsWordBits * sizeof(uint64_t) + sizeof(uint64_t) : 0;
  launch.dynamicSharedBytes = nmsWords(nms.count) * sizeof(uint64_t);
  return launch;
}

// The steps of the variant, in order.
inline std::vector<Launch> nmsLaunches(const NmsArguments& nms) {
  if (nms.variant == NmsVariant::greedy) return {nmsRankLaunch(nms), nmsWalkLaunch(nms)};
  return {nmsRankLaunch(nms), nmsMaskLaunch(nms), nmsWalkLaunch(nms)};
}

// At most: a test of every pair, of eight operations for the intersection's sides, one for its area, six for the two areas, two for the
// union and one product. How many pairs are tested depends on the boxes.
inline double nmsFlops(const NmsArguments& nms) { return 18.0 * nms.images * nms.count * (nms.count - 1.0) / 2; }

inline double nmsBytes(const NmsArguments& nms) {
  const double read = sizeof(NmsBox) + sizeof(float) + (nms.classes != nullptr ? sizeof(int32_t) : 0);
  return nms.images * (nms.count * (read + sizeof(int32_t)) + sizeof(int32_t));
}

}  // namespace hka::kernels
