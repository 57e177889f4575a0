#include "addon/binding/work_makers.h"
#include "addon/cpu/twins.h"
#include "kernels/relu/relu_reference.h"
#ifdef HAVE_CUDA
#include "kernels/cuda_launchers.h"
#endif

namespace hka::addon {

Work reluWork(const WorkArguments& arguments) {
  kernels::ReluArguments relu;
  relu.count = arguments.size("count", 1, UINT32_MAX);
  relu.input = arguments.memory<float>("input", {relu.count});
  relu.output = arguments.memory<float>("output", {relu.count});
  Work work;
  work.stages = {{kernels::reluLaunch(relu), reluTwin(relu)}};
  work.flops = kernels::reluFlops(relu);
  work.bytes = kernels::reluBytes(relu);
  work.reference = [relu] { kernels::reluReference(relu); };
#ifdef HAVE_CUDA
  work.start = [relu](void* stream) { return kernels::launchRelu(relu, static_cast<cudaStream_t>(stream)); };
#endif
  return work;
}

}  // namespace hka::addon
