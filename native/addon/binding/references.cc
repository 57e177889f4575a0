#include "addon/binding/references.h"

#include "addon/binding/js_arguments.h"
#include "addon/compute_device.h"
#include "kernels/conv3x3/conv3x3_reference.h"
#include "kernels/gemm/gemm_reference.h"
#include "kernels/relu/relu_reference.h"
#include "kernels/softmax/softmax_reference.h"

namespace hka::addon {
namespace {

constexpr uint64_t kSizeMax = 1 << 20;

uint32_t sizeFrom(const JsOptions& options, const char* key) {
  return static_cast<uint32_t>(options.wholeNumber(key, 1, kSizeMax));
}

const float* inputFrom(const JsOptions& options, const char* key, uint64_t count) {
  const Napi::Float32Array floats = options.floats(key);
  if (floats.ElementLength() != count) {
    throw DeviceError(options.callName() + ": " + key + " must have " + std::to_string(count) + " elements.");
  }
  return floats.Data();
}

Napi::Value gemm(const Napi::CallbackInfo& call) {
  const JsOptions options(call, "references.gemm");
  kernels::GemmArguments gemm;
  gemm.rows = sizeFrom(options, "rows");
  gemm.columns = sizeFrom(options, "columns");
  gemm.depth = sizeFrom(options, "depth");
  gemm.a = inputFrom(options, "a", elementCount("references.gemm", {gemm.rows, gemm.depth}));
  gemm.b = inputFrom(options, "b", elementCount("references.gemm", {gemm.depth, gemm.columns}));
  auto c = Napi::Float32Array::New(call.Env(), elementCount("references.gemm", {gemm.rows, gemm.columns}));
  gemm.c = c.Data();
  kernels::gemmReference(gemm);
  return c;
}

Napi::Value conv3x3(const Napi::CallbackInfo& call) {
  const JsOptions options(call, "references.conv3x3");
  const auto count = [](std::initializer_list<uint64_t> sizes) { return elementCount("references.conv3x3", sizes); };
  kernels::ConvArguments conv;
  conv.images = sizeFrom(options, "images");
  conv.channelsIn = sizeFrom(options, "channelsIn");
  conv.channelsOut = sizeFrom(options, "channelsOut");
  conv.height = sizeFrom(options, "height");
  conv.width = sizeFrom(options, "width");
  conv.input = inputFrom(options, "input", count({conv.images, conv.channelsIn, conv.height, conv.width}));
  conv.weights = inputFrom(options, "weights", count({conv.channelsOut, conv.channelsIn, 9}));
  conv.bias = inputFrom(options, "bias", conv.channelsOut);
  auto output = Napi::Float32Array::New(call.Env(), count({conv.images, conv.channelsOut, conv.height, conv.width}));
  conv.output = output.Data();
  kernels::convReference(conv);
  return output;
}

Napi::Value softmax(const Napi::CallbackInfo& call) {
  const JsOptions options(call, "references.softmax");
  kernels::SoftmaxArguments softmax;
  softmax.rows = sizeFrom(options, "rows");
  softmax.columns = sizeFrom(options, "columns");
  const uint64_t count = elementCount("references.softmax", {softmax.rows, softmax.columns});
  softmax.input = inputFrom(options, "input", count);
  auto output = Napi::Float32Array::New(call.Env(), count);
  softmax.output = output.Data();
  kernels::softmaxReference(softmax);
  return output;
}

Napi::Value relu(const Napi::CallbackInfo& call) {
  const JsOptions options(call, "references.relu");
  kernels::ReluArguments relu;
  relu.count = static_cast<uint32_t>(options.wholeNumber("count", 1, UINT32_MAX));
  relu.input = inputFrom(options, "input", relu.count);
  auto output = Napi::Float32Array::New(call.Env(), relu.count);
  relu.output = output.Data();
  kernels::reluReference(relu);
  return output;
}

}  // namespace

Napi::Object makeReferences(Napi::Env env) {
  Napi::Object references = Napi::Object::New(env);
  references.Set("gemm", Napi::Function::New(env, gemm, "gemm"));
  references.Set("conv3x3", Napi::Function::New(env, conv3x3, "conv3x3"));
  references.Set("softmax", Napi::Function::New(env, softmax, "softmax"));
  references.Set("relu", Napi::Function::New(env, relu, "relu"));
  return references;
}

}  // namespace hka::addon
