#include "addon/binding/work_makers.h"
#include "addon/cpu/twins.h"
#include "kernels/conv3x3/conv3x3_reference.h"
#ifdef HAVE_CUDA
#include "kernels/cuda_launchers.h"
#endif

namespace hka::addon {

Work convWork(const WorkArguments& arguments) {
  kernels::ConvArguments conv;
  conv.images = arguments.size("images", 1, kernels::kGridYzMax);
  conv.channelsIn = arguments.size("channelsIn", 1, kernels::kGridYzMax);
  conv.channelsOut = arguments.size("channelsOut", 1, kernels::kGridYzMax);
  conv.height = arguments.size("height", 1, kImageSideMax);
  conv.width = arguments.size("width", 1, kImageSideMax);
  if (uint64_t{conv.images} * conv.channelsOut > kernels::kGridYzMax) {
    throw DeviceError("conv3x3: the sizes need more than 65535 blocks in y or z, which no CUDA device has.");
  }
  conv.input = arguments.memory<float>("input", {conv.images, conv.channelsIn, conv.height, conv.width});
  conv.weights = arguments.memory<float>("weights", {conv.channelsOut, conv.channelsIn, 9});
  conv.bias = arguments.memory<float>("bias", {conv.channelsOut});
  conv.output = arguments.memory<float>("output", {conv.images, conv.channelsOut, conv.height, conv.width});
  Work work;
  work.stages = {{kernels::convLaunch(conv), convTwin(conv)}};
  work.flops = kernels::convFlops(conv);
  work.bytes = kernels::convBytes(conv);
  work.reference = [conv] { kernels::convReference(conv); };
#ifdef HAVE_CUDA
  work.start = [conv](void* stream) { return kernels::launchConv(conv, static_cast<cudaStream_t>(stream)); };
#endif
  return work;
}

}  // namespace hka::addon
