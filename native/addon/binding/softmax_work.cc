#include "addon/binding/family_words.h"
#include "addon/binding/work_makers.h"
#include "addon/cpu/softmax_twin.h"
#include "kernels/softmax/softmax_reference.h"
#ifdef HAVE_CUDA
#include "kernels/softmax/softmax_cuda.h"
#endif

namespace hka::addon {

Work softmaxWork(const WorkArguments& arguments) {
  kernels::SoftmaxArguments softmax;
  softmax.variant = static_cast<kernels::SoftmaxVariant>(arguments.wordOr("variant", wordsOf(kernels::kSoftmaxVariants), 0));
  softmax.rows = arguments.size("rows", 1, kSideMax);
  softmax.columns = arguments.size("columns", 1, kSideMax);
  softmax.input = arguments.memory<float>("input", {softmax.rows, softmax.columns});
  softmax.output = arguments.memory<float>("output", {softmax.rows, softmax.columns});
  Work work;
  work.stages = {{kernels::softmaxLaunch(softmax), softmaxTwin(softmax)}};
  work.flops = kernels::softmaxFlops(softmax);
  work.bytes = kernels::softmaxBytes(softmax);
  work.reference = [softmax] { kernels::softmaxReference(softmax); };
#ifdef HAVE_CUDA
  work.start = [softmax](void* stream) { return kernels::launchSoftmax(softmax, static_cast<cudaStream_t>(stream)); };
#endif
  return work;
}

}  // namespace hka::addon
