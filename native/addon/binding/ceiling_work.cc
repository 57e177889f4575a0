#include "addon/binding/family_words.h"
#include "addon/binding/work_makers.h"
#include "addon/cpu/ceiling_twin.h"
#include "kernels/ceiling/ceiling_reference.h"
#ifdef HAVE_CUDA
#include "kernels/ceiling/ceiling_cuda.h"
#endif

namespace hka::addon {

// operation: copy, from input to output, or fma, whose sums are left in the output.
Work ceilingWork(const WorkArguments& arguments) {
  constexpr uint32_t kRoundsMax = 1 << 20;
  kernels::CeilingArguments ceiling;
  ceiling.operation = static_cast<kernels::CeilingOperation>(arguments.wordOr("operation", wordsOf(kernels::kCeilingOperations), 0));
  ceiling.count = arguments.size("count", 1, UINT32_MAX);
  ceiling.output = arguments.memory<float>("output", {ceiling.count});
  if (ceiling.operation == kernels::CeilingOperation::copy) {
    ceiling.input = arguments.memory<float>("input", {ceiling.count});
    if (ceiling.input == ceiling.output) throw DeviceError(arguments.callName() + ": input and output must not be the same memory.");
  } else {
    ceiling.rounds = arguments.sizeOr("rounds", 1, kRoundsMax, ceiling.rounds);
  }
  Work work;
  work.stages = {{kernels::ceilingLaunch(ceiling), ceilingTwin(ceiling)}};
  work.flops = kernels::ceilingFlops(ceiling);
  work.bytes = kernels::ceilingBytes(ceiling);
  work.reference = [ceiling] { kernels::ceilingReference(ceiling); };
#ifdef HAVE_CUDA
  work.start = [ceiling](void* stream) { return kernels::launchCeiling(ceiling, static_cast<cudaStream_t>(stream)); };
#endif
  return work;
}

}  // namespace hka::addon
