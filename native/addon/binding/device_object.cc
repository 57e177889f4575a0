#include "addon/binding/device_object.h"

namespace hka::addon {
namespace {

constexpr uint64_t kSideMax = 1 << 20;         // of a matrix
constexpr uint64_t kImageSideMax = 16'384;     // of an image
constexpr uint64_t kStreamCountMax = 64;       // a GPU runs at most 128 grids at once
constexpr uint64_t kBytesMax = kElementCountMax * sizeof(float);
constexpr uint64_t kAddressMax = (uint64_t{1} << 53) - 1;  // a JavaScript number counts exactly up to here

uintptr_t addressFrom(const Napi::Value& value, const std::string& what) {
  return static_cast<uintptr_t>(wholeNumberFrom(value, what, 1, kAddressMax));
}

void checkGrid(const std::string& callName, uint64_t blocksY, uint64_t blocksZ) {
  if (blocksY > kernels::kGridYzMax || blocksZ > kernels::kGridYzMax) {
    throw DeviceError(callName + ": the sizes need more than 65535 blocks in y or z, which no CUDA device has.");
  }
}

}  // namespace

Napi::Object DeviceObject::wrap(Napi::Env env, std::unique_ptr<ComputeDevice> device) {
  const DeviceFacts facts = device->facts();
  const auto shared = std::make_shared<DeviceObject>(std::move(device));
  Napi::Object object = Napi::Object::New(env);
  object.Set("kind", facts.kind);
  object.Set("name", facts.name);
  object.Set("smCount", facts.smCount);
  object.Set("memoryBytes", facts.memoryBytes);
  const auto method = [&](const char* name, Napi::Value (DeviceObject::*body)(const Napi::CallbackInfo&)) {
    const auto run = [shared, body](const Napi::CallbackInfo& call) { return ((*shared).*body)(call); };
    object.Set(name, Napi::Function::New(env, run, name));
  };
  method("createStream", &DeviceObject::createStream);
  method("alloc", &DeviceObject::alloc);
  method("free", &DeviceObject::free);
  method("upload", &DeviceObject::upload);
  method("download", &DeviceObject::download);
  method("gemm", &DeviceObject::gemm);
  method("conv3x3", &DeviceObject::conv3x3);
  method("softmax", &DeviceObject::softmax);
  method("relu", &DeviceObject::relu);
  method("synchronize", &DeviceObject::synchronize);
  method("pushRange", &DeviceObject::pushRange);
  method("popRange", &DeviceObject::popRange);
  method("setKinds", &DeviceObject::setKinds);
  method("takePackets", &DeviceObject::takePackets);
  method("close", &DeviceObject::close);
  return object;
}

ComputeDevice& DeviceObject::device() {
  if (!device_) throw DeviceError("The device is closed.");
  return *device_;
}

uint32_t DeviceObject::streamFrom(const JsOptions& options) const {
  return static_cast<uint32_t>(options.wholeNumberOr("stream", 0, streamCount_ - 1, 0));
}

// The address under `key`, if it is one of ours and holds that many elements.
float* DeviceObject::memory(const JsOptions& options, const char* key, uint64_t elementCount) const {
  const std::string what = options.callName() + ": " + key;
  const auto address = static_cast<uintptr_t>(options.wholeNumber(key, 1, kAddressMax));
  const size_t bytes = allocations_.bytesAt(address);
  if (bytes == 0) throw DeviceError(what + " is not the address of an allocation of this device.");
  if (bytes / sizeof(float) < elementCount) {
    throw DeviceError(what + " has " + std::to_string(bytes) + " bytes; " + std::to_string(elementCount * sizeof(float)) +
                      " are needed.");
  }
  return reinterpret_cast<float*>(address);
}

Napi::Value DeviceObject::createStream(const Napi::CallbackInfo& call) {
  if (streamCount_ >= kStreamCountMax) throw DeviceError("createStream: 64 streams are there already.");
  const uint32_t stream = device().createStream();
  streamCount_ = stream + 1;
  return Napi::Number::New(call.Env(), stream);
}

Napi::Value DeviceObject::alloc(const Napi::CallbackInfo& call) {
  const uint64_t bytes = wholeNumberFrom(call[0], "alloc: the size in bytes", 1, kBytesMax);
  const std::string name = call[1].IsUndefined() ? "" : textFrom(call[1], "alloc: the name");
  void* address = device().allocate(bytes, name);
  allocations_.add(address, bytes);
  return Napi::Number::New(call.Env(), static_cast<double>(reinterpret_cast<uintptr_t>(address)));
}

Napi::Value DeviceObject::free(const Napi::CallbackInfo& call) {
  const uintptr_t address = addressFrom(call[0], "free: the address");
  if (allocations_.bytesAt(address) == 0) throw DeviceError("free: this is not the address of an allocation of this device.");
  device().release(reinterpret_cast<void*>(address));
  allocations_.remove(address);
  return call.Env().Undefined();
}

Napi::Value DeviceObject::upload(const Napi::CallbackInfo& call) {
  const JsOptions options(call, "upload");
  const Napi::Float32Array source = options.floats("source");
  float* target = memory(options, "target", source.ElementLength());
  if (source.ElementLength() > 0) device().upload(target, source.Data(), source.ElementLength(), streamFrom(options));
  return call.Env().Undefined();
}

Napi::Value DeviceObject::download(const Napi::CallbackInfo& call) {
  const JsOptions options(call, "download");
  Napi::Float32Array target = options.floats("target");
  const float* source = memory(options, "source", target.ElementLength());
  if (target.ElementLength() > 0) device().download(target.Data(), source, target.ElementLength(), streamFrom(options));
  return call.Env().Undefined();
}

Napi::Value DeviceObject::gemm(const Napi::CallbackInfo& call) {
  const JsOptions options(call, "gemm");
  kernels::GemmArguments gemm;
  gemm.rows = static_cast<uint32_t>(options.wholeNumber("rows", 1, kSideMax));
  gemm.columns = static_cast<uint32_t>(options.wholeNumber("columns", 1, kSideMax));
  gemm.depth = static_cast<uint32_t>(options.wholeNumber("depth", 1, kSideMax));
  gemm.tile = static_cast<uint32_t>(options.wholeNumberOr("tile", 8, 32, 16));
  if (!kernels::isGemmTile(gemm.tile)) throw DeviceError("gemm: tile must be 8, 16 or 32.");
  gemm.a = memory(options, "a", elementCount("gemm", {gemm.rows, gemm.depth}));
  gemm.b = memory(options, "b", elementCount("gemm", {gemm.depth, gemm.columns}));
  gemm.c = memory(options, "c", elementCount("gemm", {gemm.rows, gemm.columns}));
  checkGrid("gemm", kernels::gemmLaunch(gemm).grid.y, 1);
  device().launchGemm(gemm, streamFrom(options));
  return call.Env().Undefined();
}

Napi::Value DeviceObject::conv3x3(const Napi::CallbackInfo& call) {
  const JsOptions options(call, "conv3x3");
  kernels::ConvArguments conv;
  conv.images = static_cast<uint32_t>(options.wholeNumber("images", 1, kernels::kGridYzMax));
  conv.channelsIn = static_cast<uint32_t>(options.wholeNumber("channelsIn", 1, kernels::kGridYzMax));
  conv.channelsOut = static_cast<uint32_t>(options.wholeNumber("channelsOut", 1, kernels::kGridYzMax));
  conv.height = static_cast<uint32_t>(options.wholeNumber("height", 1, kImageSideMax));
  conv.width = static_cast<uint32_t>(options.wholeNumber("width", 1, kImageSideMax));
  checkGrid("conv3x3", 1, uint64_t{conv.images} * conv.channelsOut);
  conv.input = memory(options, "input", elementCount("conv3x3", {conv.images, conv.channelsIn, conv.height, conv.width}));
  conv.weights = memory(options, "weights", elementCount("conv3x3", {conv.channelsOut, conv.channelsIn, 9}));
  conv.bias = memory(options, "bias", conv.channelsOut);
  conv.output = memory(options, "output", elementCount("conv3x3", {conv.images, conv.channelsOut, conv.height, conv.width}));
  device().launchConv(conv, streamFrom(options));
  return call.Env().Undefined();
}

Napi::Value DeviceObject::softmax(const Napi::CallbackInfo& call) {
  const JsOptions options(call, "softmax");
  kernels::SoftmaxArguments softmax;
  softmax.rows = static_cast<uint32_t>(options.wholeNumber("rows", 1, kSideMax));
  softmax.columns = static_cast<uint32_t>(options.wholeNumber("columns", 1, kSideMax));
  const uint64_t count = elementCount("softmax", {softmax.rows, softmax.columns});
  softmax.input = memory(options, "input", count);
  softmax.output = memory(options, "output", count);
  device().launchSoftmax(softmax, streamFrom(options));
  return call.Env().Undefined();
}

Napi::Value DeviceObject::relu(const Napi::CallbackInfo& call) {
  const JsOptions options(call, "relu");
  kernels::ReluArguments relu;
  relu.count = static_cast<uint32_t>(options.wholeNumber("count", 1, UINT32_MAX));
  relu.input = memory(options, "input", relu.count);
  relu.output = memory(options, "output", relu.count);
  device().launchRelu(relu, streamFrom(options));
  return call.Env().Undefined();
}

Napi::Value DeviceObject::synchronize(const Napi::CallbackInfo& call) {
  device().synchronize();
  return call.Env().Undefined();
}

Napi::Value DeviceObject::pushRange(const Napi::CallbackInfo& call) {
  device().pushRange(textFrom(call[0], "pushRange: the name"));
  return call.Env().Undefined();
}

Napi::Value DeviceObject::popRange(const Napi::CallbackInfo& call) {
  device().popRange();
  return call.Env().Undefined();
}

Napi::Value DeviceObject::setKinds(const Napi::CallbackInfo& call) {
  device().setKinds(textsFrom(call[0], "setKinds: the argument"));
  return call.Env().Undefined();
}

// Copied, because Electron refuses buffers whose memory is not its own.
Napi::Value DeviceObject::takePackets(const Napi::CallbackInfo& call) {
  const std::vector<uint8_t> packets = device().takePackets();
  return Napi::Buffer<uint8_t>::Copy(call.Env(), packets.data(), packets.size());
}

Napi::Value DeviceObject::close(const Napi::CallbackInfo& call) {
  device_.reset();
  return call.Env().Undefined();
}

}  // namespace hka::addon
