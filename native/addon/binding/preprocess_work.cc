#include "addon/binding/family_words.h"
#include "addon/binding/work_makers.h"
#include "addon/cpu/preprocess_twin.h"
#include "kernels/preprocess/preprocess_reference.h"
#ifdef HAVE_CUDA
#include "kernels/preprocess/preprocess_cuda.h"
#endif

namespace hka::addon {

// input: bytes, preprocessInputBytes() of them. mean0, mean1, mean2 and scale0, scale1, scale2 belong to the channels of the output.
Work preprocessWork(const WorkArguments& arguments) {
  constexpr uint32_t kImagesMax = kernels::kGridYzMax;
  kernels::PreprocessArguments preprocess;
  preprocess.variant =
      static_cast<kernels::PreprocessVariant>(arguments.wordOr("variant", wordsOf(kernels::kPreprocessVariants), 1));
  preprocess.images = arguments.sizeOr("images", 1, kImagesMax, 1);
  preprocess.sourceWidth = arguments.size("sourceWidth", 1, kernels::kPreprocessSideMax);
  preprocess.sourceHeight = arguments.size("sourceHeight", 1, kernels::kPreprocessSideMax);
  preprocess.targetWidth = arguments.size("targetWidth", 1, kernels::kPreprocessSideMax);
  preprocess.targetHeight = arguments.size("targetHeight", 1, kernels::kPreprocessSideMax);
  preprocess.swapsRedBlue = arguments.flagOr("swapsRedBlue", false);
  preprocess.isLetterboxed = arguments.flagOr("isLetterboxed", false);
  preprocess.padValue = arguments.realOr("padValue", 0);
  constexpr const char* kMeans[] = {"mean0", "mean1", "mean2"};
  constexpr const char* kScales[] = {"scale0", "scale1", "scale2"};
  for (uint32_t channel = 0; channel < 3; ++channel) {
    preprocess.mean[channel] = arguments.realOr(kMeans[channel], 0);
    preprocess.scale[channel] = arguments.realOr(kScales[channel], 1);
  }
  preprocess.input = arguments.memory<uint8_t>("input", {kernels::preprocessInputBytes(preprocess)});
  preprocess.output = arguments.memory<float>("output", {preprocess.images, 3, preprocess.targetHeight, preprocess.targetWidth});
  Work work;
  work.stages = {{kernels::preprocessLaunch(preprocess), preprocessTwin(preprocess)}};
  work.flops = kernels::preprocessFlops(preprocess);
  work.bytes = kernels::preprocessBytes(preprocess);
  work.reference = [preprocess] { kernels::preprocessReference(preprocess); };
#ifdef HAVE_CUDA
  work.start = [preprocess](void* stream) { return kernels::launchPreprocess(preprocess, static_cast<cudaStream_t>(stream)); };
#endif
  return work;
}

}  // namespace hka::addon
