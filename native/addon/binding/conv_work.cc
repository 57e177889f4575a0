#include <algorithm>

#include "addon/binding/family_words.h"
#include "addon/binding/work_makers.h"
#include "addon/cpu/conv_twin.h"
#include "kernels/conv/conv_reference.h"
#ifdef HAVE_CUDA
#include "kernels/conv/conv_cuda.h"
#endif

namespace hka::addon {
namespace {

kernels::ConvArguments sizesFrom(const WorkArguments& arguments) {
  constexpr uint32_t kStrideMax = 64;
  kernels::ConvArguments conv;
  conv.variant = static_cast<kernels::ConvVariant>(arguments.wordOr("variant", wordsOf(kernels::kConvVariants), 1));
  conv.layout = static_cast<kernels::ConvLayout>(arguments.wordOr("layout", wordsOf(kernels::kConvLayouts), 0));
  conv.images = arguments.size("images", 1, kernels::kGridYzMax);
  conv.channelsIn = arguments.size("channelsIn", 1, kernels::kGridYzMax);
  conv.channelsOut = arguments.size("channelsOut", 1, kernels::kGridYzMax);
  conv.height = arguments.size("height", 1, kImageSideMax);
  conv.width = arguments.size("width", 1, kImageSideMax);
  conv.window = arguments.sizeOr("window", 1, 3, 3);
  conv.stride = arguments.sizeOr("stride", 1, kStrideMax, 1);
  conv.padding = arguments.sizeOr("padding", 0, kStrideMax, conv.window / 2);
  const bool isRelu = arguments.flagOr("isRelu", false);  // the older word for activation: relu
  const auto activation = static_cast<size_t>(isRelu ? kernels::ConvActivation::relu : kernels::ConvActivation::none);
  conv.activation = static_cast<kernels::ConvActivation>(arguments.wordOr("activation", wordsOf(kernels::kConvActivations), activation));
  const std::string name = arguments.callName();
  if (conv.window == 2) throw DeviceError(name + ": window must be 1 or 3.");
  if (std::min(conv.height, conv.width) + 2 * conv.padding < conv.window) {
    throw DeviceError(name + ": the window is larger than the padded image.");
  }
  if (conv.variant == kernels::ConvVariant::direct && !kernels::isConvDirect(conv)) {
    throw DeviceError(name + ": direct is for layout nchw, window 3, stride 1 and padding 1.");
  }
  if (conv.variant == kernels::ConvVariant::direct && uint64_t{conv.images} * conv.channelsOut > kernels::kGridYzMax) {
    throw DeviceError(name + ": the sizes need more than 65535 blocks in y or z, which no CUDA device has.");
  }
  if (kernels::convPixels(conv) > INT32_MAX) throw DeviceError(name + ": the sizes make more than 2^31 pixels of output.");
  return conv;
}

}  // namespace

// layout, window, stride and padding as in kernels/conv/conv.h; bias may be absent.
Work convWork(const WorkArguments& arguments) {
  kernels::ConvArguments conv = sizesFrom(arguments);
  const uint64_t taps = uint64_t{conv.window} * conv.window;
  conv.input = arguments.memory<float>("input", {conv.images, conv.channelsIn, conv.height, conv.width}, sizeof(float));
  conv.weights = arguments.memory<float>("weights", {conv.channelsOut, conv.channelsIn, taps}, sizeof(float));
  if (arguments.has("bias")) conv.bias = arguments.memory<float>("bias", {conv.channelsOut}, sizeof(float));
  conv.output = arguments.memory<float>("output", {kernels::convPixels(conv), conv.channelsOut}, sizeof(float));
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
