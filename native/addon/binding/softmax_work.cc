#include "addon/binding/work_makers.h"
#include "addon/cpu/twins.h"
#include "kernels/softmax/softmax_reference.h"
#ifdef HAVE_CUDA
#include "kernels/cuda_launchers.h"
#endif

namespace hka::addon {

Work softmaxWork(const WorkArguments& arguments) {
  kernels::SoftmaxArguments softmax;
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
