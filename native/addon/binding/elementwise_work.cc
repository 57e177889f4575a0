#include "addon/binding/family_words.h"
#include "addon/binding/work_makers.h"
#include "addon/cpu/elementwise_twin.h"
#include "kernels/elementwise/elementwise_reference.h"
#ifdef HAVE_CUDA
#include "kernels/elementwise/elementwise_cuda.h"
#endif

namespace hka::addon {

// operation: one of kElementwiseOperations; variant: one of kElementwiseVariants; count; columns for
// bias_silu; blockSize for the scalar variant.
Work elementwiseWork(const WorkArguments& arguments) {
  using kernels::ElementwiseOperation;
  kernels::ElementwiseArguments elementwise;
  elementwise.operation =
      static_cast<ElementwiseOperation>(arguments.wordOr("operation", wordsOf(kernels::kElementwiseOperations), 0));
  elementwise.variant =
      static_cast<kernels::ElementwiseVariant>(arguments.wordOr("variant", wordsOf(kernels::kElementwiseVariants), 1));
  elementwise.count = arguments.size("count", 1, UINT32_MAX);
  elementwise.blockSize = arguments.sizeOr("blockSize", 1, 1024, kernels::kElementwiseThreads);
  elementwise.input = arguments.memory<float>("input", {elementwise.count});
  elementwise.output = arguments.memory<float>("output", {elementwise.count});
  if (kernels::readsAddend(elementwise.operation)) elementwise.addend = arguments.memory<float>("addend", {elementwise.count});
  if (kernels::readsBias(elementwise.operation)) {
    elementwise.columns = arguments.size("columns", 1, UINT32_MAX);
    elementwise.bias = arguments.memory<float>("bias", {elementwise.columns});
  }
  Work work;
  work.stages = {{kernels::elementwiseLaunch(elementwise), elementwiseTwin(elementwise)}};
  work.flops = kernels::elementwiseFlops(elementwise);
  work.bytes = kernels::elementwiseBytes(elementwise);
  work.reference = [elementwise] { kernels::elementwiseReference(elementwise); };
#ifdef HAVE_CUDA
  work.start = [elementwise](void* stream) { return kernels::launchElementwise(elementwise, static_cast<cudaStream_t>(stream)); };
#endif
  return work;
}

}  // namespace hka::addon
