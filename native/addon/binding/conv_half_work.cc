#include <algorithm>

#include "addon/binding/family_words.h"
#include "addon/binding/work_makers.h"
#include "addon/cpu/conv_half_twin.h"
#include "kernels/conv_half/conv_half_choice.h"
#include "kernels/conv_half/conv_half_reference.h"
#ifdef HAVE_CUDA
#include "kernels/conv_half/conv_half_cuda.h"
#endif

namespace hka::addon {
namespace {

using kernels::ConvHalfArguments;

// Behind the tiles: the rule of conv_half_choice.h.
constexpr size_t kAuto = kernels::kConvHalfVariantCount;

uint32_t pitchOr(const WorkArguments& arguments, const char* key, uint32_t channels) {
  const uint32_t pitch = arguments.sizeOr(key, channels, kSideMax, channels);
  if (pitch % kernels::kConvHalfChunk == 0) return pitch;
  throw DeviceError(arguments.callName() + ": " + key + " must be a multiple of 8; pad the channels with zeros.");
}

uint32_t channelsOf(const WorkArguments& arguments, const char* key) {
  const uint32_t channels = arguments.size(key, 1, kernels::kGridYzMax);
  if (channels % kernels::kConvHalfChunk == 0) return channels;
  throw DeviceError(arguments.callName() + ": " + key + " must be a multiple of 8; pad the channels with zeros.");
}

ConvHalfArguments sizesFrom(const WorkArguments& arguments) {
  constexpr uint32_t kStrideMax = 64;
  const std::string name = arguments.callName();
  ConvHalfArguments conv;
  conv.images = arguments.size("images", 1, kernels::kGridYzMax);
  conv.channelsIn = channelsOf(arguments, "channelsIn");
  conv.channelsOut = channelsOf(arguments, "channelsOut");
  conv.height = arguments.size("height", 1, kImageSideMax);
  conv.width = arguments.size("width", 1, kImageSideMax);
  conv.window = arguments.sizeOr("window", 1, 3, 3);
  conv.stride = arguments.sizeOr("stride", 1, kStrideMax, 1);
  conv.padding = arguments.sizeOr("padding", 0, kStrideMax, conv.window / 2);
  conv.inputPitch = pitchOr(arguments, "inputPitch", conv.channelsIn);
  conv.outputPitch = pitchOr(arguments, "outputPitch", conv.channelsOut);
  conv.residualPitch = pitchOr(arguments, "residualPitch", conv.channelsOut);
  conv.activation = static_cast<kernels::ConvActivation>(arguments.wordOr("activation", wordsOf(kernels::kConvActivations), 0));
  conv.startsEarly = arguments.flagOr("startsEarly", false);
  conv.isFloatOutput = arguments.wordOr("outputElement", {"f16", "f32"}, 0) == 1;
  if (conv.window == 2) throw DeviceError(name + ": window must be 1 or 3.");
  if (std::min(conv.height, conv.width) + 2 * conv.padding < conv.window) {
    throw DeviceError(name + ": the window is larger than the padded image.");
  }
  if (kernels::convHalfPixels(conv) > INT32_MAX) throw DeviceError(name + ": the sizes make more than 2^31 pixels of output.");
  // The kernel counts the chunks of the input in 32 bits.
  if (uint64_t{conv.images} * conv.height * conv.width * (conv.inputPitch / kernels::kConvHalfChunk) > INT32_MAX) {
    throw DeviceError(name + ": the input has more than 2^34 elements; take fewer images at once.");
  }
  return conv;
}

// Elements from the first pixel's first channel to the last pixel's last.
uint64_t extentOf(uint64_t pixels, uint32_t pitch, uint32_t channels) { return (pixels - 1) * pitch + channels; }

void chooseVariant(const WorkArguments& arguments, ConvHalfArguments& conv) {
  const DeviceFacts& facts = arguments.facts();
  const bool isCuda = facts.kind == "cuda";
  const size_t word = arguments.wordOr("variant", convHalfVariants(), kAuto);
  conv.variantIndex = static_cast<uint32_t>(word);
  if (word == kAuto) {
    // A CPU takes what an H200 would.
    const kernels::ConvHalfDevice device = {isCuda ? facts.smCount : 132, isCuda ? facts.sharedBytesMax : 232448};
    conv.variantIndex = kernels::convHalfBest(conv, device);
  }
  if (!isCuda) return;
  const std::string begin = arguments.callName() + ": " + kernels::convHalfVariant(conv).word;
  if (facts.computeMajor < 8) {
    throw DeviceError(begin + " needs compute capability 8.0 or later; this device has " + std::to_string(facts.computeMajor) + "." +
                      std::to_string(facts.computeMinor) + ".");
  }
  const uint32_t sharedBytes = kernels::convHalfSharedBytesMax(kernels::convHalfVariant(conv));
  if (sharedBytes > facts.sharedBytesMax) {
    throw DeviceError(begin + " needs " + std::to_string(sharedBytes) + " bytes of shared memory a block; this device has " +
                      std::to_string(facts.sharedBytesMax) + ".");
  }
}

}  // namespace

std::vector<std::string> convHalfVariants() {
  std::vector<std::string> words;
  for (const kernels::ConvHalfVariant& variant : kernels::kConvHalfVariants) words.emplace_back(variant.word);
  words.emplace_back("auto");
  return words;
}

// Sizes and pitches as in kernels/conv_half/conv_half.h; bias and residual may be absent.
Work convHalfWork(const WorkArguments& arguments) {
  ConvHalfArguments conv = sizesFrom(arguments);
  const uint64_t pixels = kernels::convHalfPixels(conv);
  const uint64_t outputCount = extentOf(pixels, conv.outputPitch, conv.channelsOut);
  conv.input = arguments.memory<uint16_t>(
      "input", {extentOf(uint64_t{conv.images} * conv.height * conv.width, conv.inputPitch, conv.channelsIn)});
  conv.weights = arguments.memory<uint16_t>("weights", {conv.channelsOut, kernels::convHalfDepth(conv)});
  if (arguments.has("bias")) conv.bias = arguments.memory<float>("bias", {conv.channelsOut});
  if (arguments.has("residual")) {
    conv.residual = arguments.memory<uint16_t>("residual", {extentOf(pixels, conv.residualPitch, conv.channelsOut)});
  }
  if (conv.isFloatOutput) conv.output = arguments.memory<float>("output", {outputCount});
  else conv.output = arguments.memory<uint16_t>("output", {outputCount});
  chooseVariant(arguments, conv);
  Work work;
  work.stages = {{kernels::convHalfLaunch(conv), convHalfTwin(conv)}};
  work.flops = kernels::convHalfFlops(conv);
  work.bytes = kernels::convHalfBytes(conv);
  work.reference = [conv] { kernels::convHalfReference(conv); };
#ifdef HAVE_CUDA
  work.start = [conv](void* stream) { return kernels::launchConvHalf(conv, static_cast<cudaStream_t>(stream)); };
#endif
  return work;
}

}  // namespace hka::addon
