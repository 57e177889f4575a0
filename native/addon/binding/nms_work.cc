#include "addon/binding/family_words.h"
#include "addon/binding/work_makers.h"
#include "addon/cpu/nms_twin.h"
#include "kernels/nms/nms_reference.h"
#ifdef HAVE_CUDA
#include "kernels/nms/nms_cuda.h"
#endif

namespace hka::addon {

// boxes: images × count × 4 float32 (left, top, right, bottom); scores: images × count; classes: as many int32, or absent;
// kept: images × (1 + count) int32; workspace: nmsWorkspaceBytes().
Work nmsWork(const WorkArguments& arguments) {
  constexpr uint32_t kImagesMax = kernels::kGridYzMax;
  kernels::NmsArguments nms;
  nms.variant = static_cast<kernels::NmsVariant>(arguments.wordOr("variant", wordsOf(kernels::kNmsVariants), 1));
  nms.images = arguments.sizeOr("images", 1, kImagesMax, 1);
  nms.count = arguments.size("count", 1, kernels::kNmsCountMax);
  nms.scoreThreshold = arguments.realOr("scoreThreshold", 0);
  nms.overlapThreshold = arguments.realOr("overlapThreshold", 0.5F);
  nms.boxes = arguments.memory<kernels::NmsBox>("boxes", {nms.images, nms.count});
  nms.scores = arguments.memory<float>("scores", {nms.images, nms.count});
  if (arguments.has("classes")) nms.classes = arguments.memory<int32_t>("classes", {nms.images, nms.count});
  nms.kept = arguments.memory<int32_t>("kept", {nms.images, uint64_t{nms.count} + 1});
  nms.workspace = arguments.memory<uint8_t>("workspace", {kernels::nmsWorkspaceBytes(nms)});
  Work work;
  work.stages.push_back({kernels::nmsRankLaunch(nms), nmsRankTwin(nms)});
  if (nms.variant == kernels::NmsVariant::bitmask) work.stages.push_back({kernels::nmsMaskLaunch(nms), nmsMaskTwin(nms)});
  work.stages.push_back({kernels::nmsWalkLaunch(nms), nmsWalkTwin(nms)});
  work.flops = kernels::nmsFlops(nms);
  work.bytes = kernels::nmsBytes(nms);
  work.reference = [nms] { kernels::nmsReference(nms); };
#ifdef HAVE_CUDA
  work.start = [nms](void* stream) { return kernels::launchNms(nms, static_cast<cudaStream_t>(stream)); };
#endif
  return work;
}

}  // namespace hka::addon
