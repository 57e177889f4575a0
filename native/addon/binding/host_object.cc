// Host memory of a device, for JavaScript: blocks that are made ahead, handed out as ArrayBuffers, and given back by whoever has them or by
// the garbage collector.
#include "addon/binding/device_object.h"

namespace hka::addon {
namespace {

constexpr uint64_t kHostBytesMax = uint64_t{1} << 34;
constexpr uint64_t kHostCountMax = 1024;

}  // namespace

Napi::Value DeviceObject::fetch(const Napi::CallbackInfo& call) {
  const JsOptions options(call, "fetch");
  const JsBytes target = options.typedArray("target");
  const void* source = memory(options, "source", target.byteCount);
  if (!hostBlocks_->holds(target.address, target.byteCount)) throw DeviceError("fetch: target must lie in an array of hostArray().");
  if (target.byteCount > 0) device().fetch(target.address, source, target.byteCount, streamFrom(options));
  return call.Env().Undefined();
}

Napi::Value DeviceObject::reserveHost(const Napi::CallbackInfo& call) {
  const JsOptions options(call, "reserveHost");
  device();
  hostBlocks_->reserve(options.wholeNumber("bytes", 1, kHostBytesMax), options.wholeNumber("count", 0, kHostCountMax));
  return call.Env().Undefined();
}

Napi::Value DeviceObject::unreserveHost(const Napi::CallbackInfo& call) {
  const JsOptions options(call, "unreserveHost");
  hostBlocks_->unreserve(options.wholeNumber("bytes", 1, kHostBytesMax), options.wholeNumber("count", 0, kHostCountMax));
  return call.Env().Undefined();
}

// undefined also where the program takes no memory that is not its own, as Electron does.
Napi::Value DeviceObject::hostArray(const Napi::CallbackInfo& call) {
  const uint64_t bytes = wholeNumberFrom(call[0], "hostArray: the size in bytes", 1, kHostBytesMax);
  void* block = hostBlocks_->take(call[1].IsUndefined() ? bytes : wholeNumberFrom(call[1], "hostArray: the block's bytes", bytes, kHostBytesMax));
  if (block == nullptr) return call.Env().Undefined();
  const auto weight = static_cast<int64_t>(bytes);
  const auto free = [blocks = hostBlocks_, weight](Napi::Env env, void* given) {
    Napi::MemoryManagement::AdjustExternalMemory(env, -weight);
    blocks->give(given);
  };
  try {
    const Napi::ArrayBuffer array = Napi::ArrayBuffer::New(call.Env(), block, bytes, free);
    // A block that is lost to garbage is worth a collection sooner than other memory is: V8 counts it twice.
    Napi::MemoryManagement::AdjustExternalMemory(call.Env(), weight);
    return array;
  } catch (const Napi::Error&) {
    hostBlocks_->give(block);
    return call.Env().Undefined();
  }
}

Napi::Value DeviceObject::giveBack(const Napi::CallbackInfo& call) {
  if (!call[0].IsArrayBuffer()) throw DeviceError("giveBack: this is no ArrayBuffer.");
  Napi::ArrayBuffer buffer = call[0].As<Napi::ArrayBuffer>();
  if (buffer.IsDetached()) return call.Env().Undefined();
  if (!hostBlocks_->holds(buffer.Data(), buffer.ByteLength())) throw DeviceError("giveBack: this is no array of hostArray().");
  buffer.Detach();
  return call.Env().Undefined();
}

}  // namespace hka::addon
