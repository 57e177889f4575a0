// The obviously right, slow suppression that both devices are checked against: sort, then keep or drop one box after the other. Its
// arithmetic is float32 like theirs, because the answer hangs on how each step is rounded; it is written down a second time here.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

#include "kernels/nms/nms.h"

namespace hka::kernels {

namespace reference {

inline float areaOf(float width, float height) { return static_cast<float>(static_cast<double>(width) * static_cast<double>(height)); }

inline bool suppresses(const NmsBox& kept, const NmsBox& box, float overlapThreshold) {
  const float right = kept.right < box.right ? kept.right : box.right;
  const float left = kept.left > box.left ? kept.left : box.left;
  const float bottom = kept.bottom < box.bottom ? kept.bottom : box.bottom;
  const float top = kept.top > box.top ? kept.top : box.top;
  const float width = right - left;
  const float height = bottom - top;
  const float both = areaOf(width > 0 ? width : 0, height > 0 ? height : 0);
  const float keptArea = areaOf(kept.right - kept.left, kept.bottom - kept.top);
  const float boxArea = areaOf(box.right - box.left, box.bottom - box.top);
  return both > areaOf(overlapThreshold, keptArea + boxArea - both);
}

inline void nmsImage(const NmsArguments& nms, const NmsBox* boxes, const float* scores, const int32_t* classes, int32_t* kept) {
  std::vector<int32_t> order;
  for (uint32_t index = 0; index < nms.count; ++index) {
    if (scores[index] > nms.scoreThreshold) order.push_back(static_cast<int32_t>(index));
  }
  // Stable, so that equal scores keep the order of their indices.
  std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) { return scores[a] > scores[b]; });
  int32_t keptCount = 0;
  for (const int32_t index : order) {
    const bool isKept = std::none_of(kept + 1, kept + 1 + keptCount, [&](int32_t earlier) {
      const bool canMeet = classes == nullptr || classes[earlier] == classes[index];
      return canMeet && suppresses(boxes[earlier], boxes[index], nms.overlapThreshold);
    });
    if (isKept) kept[1 + keptCount++] = index;
  }
  kept[0] = keptCount;
  std::fill(kept + 1 + keptCount, kept + 1 + nms.count, -1);
}

}  // namespace reference

inline void nmsReference(const NmsArguments& nms) {
  for (size_t image = 0; image < nms.images; ++image) {
    const size_t first = image * nms.count;
    reference::nmsImage(nms, nms.boxes + first, nms.scores + first, nms.classes == nullptr ? nullptr : nms.classes + first,
                        nms.kept + image * (size_t{nms.count} + 1));
  }
}

}  // namespace hka::kernels
