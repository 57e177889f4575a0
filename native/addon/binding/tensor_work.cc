#include <algorithm>

#include "addon/binding/family_words.h"
#include "addon/binding/work_makers.h"
#include "addon/cpu/tensor_twin.h"
#include "kernels/tensor/tensor_reference.h"
#ifdef HAVE_CUDA
#include "kernels/tensor/tensor_cuda.h"
#endif

namespace hka::addon {
namespace {

using kernels::kTensorRank;
using kernels::MaxPoolArguments;
using kernels::TensorArguments;
using kernels::TensorElement;

// The numbers of one list, behind as many of `fill` as it is shorter than five.
void readList(uint32_t (&numbers)[kTensorRank], const std::vector<uint32_t>& list, uint32_t fill) {
  std::fill(numbers, numbers + kTensorRank, fill);
  std::copy(list.begin(), list.end(), numbers + (kTensorRank - list.size()));
}

void readStrides(uint32_t (&strides)[kTensorRank], const WorkArguments& arguments, const char* key, size_t rank) {
  const std::vector<uint32_t> list = arguments.sizes(key, 0, UINT32_MAX, kTensorRank);
  if (list.size() == rank) return readList(strides, list, 0);
  throw DeviceError(arguments.callName() + ": " + key + " must have as many numbers as dims.");
}

void* elementMemory(const WorkArguments& arguments, const char* key, TensorElement element, uint64_t count) {
  if (element == TensorElement::f16) return arguments.memory<uint16_t>(key, {count}, sizeof(uint16_t));
  return arguments.memory<float>(key, {count}, sizeof(float));
}

// dims and the strides of each array, in elements, slowest first, up to five of them.
Work stridedWork(const WorkArguments& arguments, kernels::TensorOperation operation) {
  TensorArguments tensor;
  tensor.operation = operation;
  const std::vector<uint32_t> dims = arguments.sizes("dims", 1, UINT32_MAX, kTensorRank);
  readList(tensor.dims, dims, 1);
  uint64_t count = 1;
  for (const uint32_t dim : tensor.dims) {
    count *= dim;
    if (count > UINT32_MAX) throw DeviceError(arguments.callName() + ": dims make more than 2^32 - 1 elements.");
  }
  tensor.count = static_cast<uint32_t>(count);
  readStrides(tensor.inputStrides, arguments, "inputStrides", dims.size());
  readStrides(tensor.outputStrides, arguments, "outputStrides", dims.size());
  const std::vector<std::string> elements = wordsOf(kernels::kTensorElements);
  tensor.inputElement = static_cast<TensorElement>(arguments.wordOr("inputElement", elements, 0));
  tensor.outputElement = static_cast<TensorElement>(arguments.wordOr("outputElement", elements, 0));
  tensor.input = elementMemory(arguments, "input", tensor.inputElement, kernels::tensorExtent(tensor, tensor.inputStrides));
  tensor.output = elementMemory(arguments, "output", tensor.outputElement, kernels::tensorExtent(tensor, tensor.outputStrides));
  if (kernels::readsSecond(operation)) {
    readStrides(tensor.secondStrides, arguments, "secondStrides", dims.size());
    tensor.second = elementMemory(arguments, "second", tensor.inputElement, kernels::tensorExtent(tensor, tensor.secondStrides));
  }
  Work work;
  work.stages = {{kernels::tensorLaunch(tensor), tensorTwin(tensor)}};
  work.flops = kernels::tensorFlops(tensor);
  work.bytes = kernels::tensorBytes(tensor);
  work.reference = [tensor] { kernels::tensorReference(tensor); };
#ifdef HAVE_CUDA
  work.start = [tensor](void* stream) { return kernels::launchTensor(tensor, static_cast<cudaStream_t>(stream)); };
#endif
  return work;
}

// Channels and pitches of halves in NHWC.
void readPixels(MaxPoolArguments& pool, const WorkArguments& arguments) {
  const std::string name = arguments.callName();
  pool.planes = arguments.size("images", 1, kernels::kGridYzMax);
  pool.channels = arguments.size("channels", 1, kernels::kGridYzMax);
  pool.inputPitch = arguments.sizeOr("inputPitch", pool.channels, kSideMax, pool.channels);
  pool.outputPitch = arguments.sizeOr("outputPitch", pool.channels, kSideMax, pool.channels);
  if ((pool.channels | pool.inputPitch | pool.outputPitch) % kernels::kMaxPoolChunk != 0) {
    throw DeviceError(name + ": channels, inputPitch and outputPitch must be multiples of 8; pad the channels with zeros.");
  }
}

void readPoolMemory(MaxPoolArguments& pool, const WorkArguments& arguments) {
  if (pool.channels == 0) {
    pool.input = arguments.memory<float>("input", {pool.planes, pool.height, pool.width}, sizeof(float));
    pool.output = arguments.memory<float>("output", {kernels::maxPoolCount(pool)}, sizeof(float));
    return;
  }
  const auto extent = [&](uint64_t pixels, uint32_t pitch) { return (pixels - 1) * pitch + pool.channels; };
  pool.input = arguments.memory<uint16_t>("input", {extent(uint64_t{pool.planes} * pool.height * pool.width, pool.inputPitch)});
  pool.output = arguments.memory<uint16_t>("output", {extent(kernels::maxPoolPixels(pool), pool.outputPitch)});
}

// Planes of floats, or, with element f16, layout nhwc.
Work maxPoolWork(const WorkArguments& arguments) {
  MaxPoolArguments pool;
  const bool isHalf = arguments.wordOr("element", wordsOf(kernels::kTensorElements), 0) == 1;
  const bool isNhwc = arguments.wordOr("layout", {"nchw", "nhwc"}, isHalf ? 1 : 0) == 1;
  if (isHalf != isNhwc) throw DeviceError(arguments.callName() + ": max_pool takes f32 in layout nchw, or f16 in layout nhwc.");
  if (isHalf) readPixels(pool, arguments);
  else pool.planes = arguments.size("planes", 1, INT32_MAX);
  pool.height = arguments.size("height", 1, kImageSideMax);
  pool.width = arguments.size("width", 1, kImageSideMax);
  pool.window = arguments.size("window", 1, kImageSideMax);
  pool.stride = arguments.sizeOr("stride", 1, kImageSideMax, pool.window);
  pool.padding = arguments.sizeOr("padding", 0, pool.window - 1, 0);
  const std::string name = arguments.callName();
  if (std::min(pool.height, pool.width) + 2 * pool.padding < pool.window) {
    throw DeviceError(name + ": the window is larger than the padded image.");
  }
  // The last window must begin before the image ends, or nothing would be under it.
  const auto isEmpty = [&](uint32_t side) { return (kernels::maxPoolSide(pool, side) - 1) * pool.stride >= side + pool.padding; };
  if (isEmpty(pool.height) || isEmpty(pool.width)) throw DeviceError(name + ": a window lies in the padding alone.");
  if (kernels::maxPoolCount(pool) > INT32_MAX) throw DeviceError(name + ": the sizes make more than 2^31 numbers of output.");
  readPoolMemory(pool, arguments);
  Work work;
  work.stages = {{kernels::maxPoolLaunch(pool), maxPoolTwin(pool)}};
  work.flops = kernels::maxPoolFlops(pool);
  work.bytes = kernels::maxPoolBytes(pool);
  work.reference = [pool] { kernels::maxPoolReference(pool); };
#ifdef HAVE_CUDA
  work.start = [pool](void* stream) { return kernels::launchMaxPool(pool, static_cast<cudaStream_t>(stream)); };
#endif
  return work;
}

}  // namespace

// operation: one of kTensorOperations, or max_pool.
Work tensorWork(const WorkArguments& arguments) {
  std::vector<std::string> words = wordsOf(kernels::kTensorOperations);
  const size_t poolWord = words.size();
  words.emplace_back("max_pool");
  const size_t word = arguments.wordOr("operation", words, 0);
  return word == poolWord ? maxPoolWork(arguments) : stridedWork(arguments, static_cast<kernels::TensorOperation>(word));
}

}  // namespace hka::addon
