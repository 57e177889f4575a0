#include "addon/binding/device_object.h"

#include <algorithm>

#include "addon/binding/compiled_arguments.h"
#include "addon/binding/work_makers.h"

namespace hka::addon {
namespace {

constexpr uint64_t kStreamCountMax = 64;       // a GPU runs at most 128 grids at once
constexpr uint64_t kBytesMax = kElementCountMax * sizeof(float);
constexpr uint64_t kSampleCountMax = 1'000'000;

uintptr_t addressFrom(const Napi::Value& value, const std::string& what) {
  return static_cast<uintptr_t>(wholeNumberFrom(value, what, 1, kAddressMax));
}

uint32_t sampleCountFrom(const JsOptions& options) {
  return static_cast<uint32_t>(options.wholeNumberOr("sampleCount", 1, kSampleCountMax, 1));
}

Napi::Value floatsOf(Napi::Env env, const std::vector<double>& numbers) {
  Napi::Float64Array array = Napi::Float64Array::New(env, numbers.size());
  std::copy(numbers.begin(), numbers.end(), array.Data());
  return array;
}

Napi::Array dimensionsOf(Napi::Env env, const kernels::Dim3& dim) {
  Napi::Array array = Napi::Array::New(env, 3);
  array.Set(0U, dim.x);
  array.Set(1U, dim.y);
  array.Set(2U, dim.z);
  return array;
}

Napi::Object describeWork(Napi::Env env, const Work& work) {
  Napi::Array launches = Napi::Array::New(env, work.stages.size());
  for (uint32_t index = 0; index < work.stages.size(); ++index) {
    const kernels::Launch& launch = work.stages[index].launch;
    Napi::Object object = Napi::Object::New(env);
    object.Set("name", launch.name);
    object.Set("grid", dimensionsOf(env, launch.grid));
    object.Set("block", dimensionsOf(env, launch.block));
    object.Set("staticSharedBytes", launch.staticSharedBytes);
    object.Set("dynamicSharedBytes", launch.dynamicSharedBytes);
    launches.Set(index, object);
  }
  Napi::Object answer = Napi::Object::New(env);
  answer.Set("launches", launches);
  answer.Set("flops", work.flops);
  answer.Set("bytes", work.bytes);
  return answer;
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
  object.Set("computeMajor", facts.computeMajor);
  object.Set("computeMinor", facts.computeMinor);
  object.Set("cacheBytes", facts.cacheBytes);
  object.Set("coreClockKhz", facts.coreClockKhz);
  object.Set("sharedBytesMax", facts.sharedBytesMax);
  const auto method = [&](const char* name, Napi::Value (DeviceObject::*body)(const Napi::CallbackInfo&)) {
    const auto run = [shared, body](const Napi::CallbackInfo& call) { return ((*shared).*body)(call); };
    object.Set(name, Napi::Function::New(env, run, name));
  };
  method("createStream", &DeviceObject::createStream);
  method("alloc", &DeviceObject::alloc);
  method("free", &DeviceObject::free);
  method("upload", &DeviceObject::upload);
  method("download", &DeviceObject::download);
  method("fetch", &DeviceObject::fetch);
  method("reserveHost", &DeviceObject::reserveHost);
  method("unreserveHost", &DeviceObject::unreserveHost);
  method("hostArray", &DeviceObject::hostArray);
  method("giveBack", &DeviceObject::giveBack);
  method("pinCopies", &DeviceObject::pinCopies);
  method("describeLaunch", &DeviceObject::describeLaunch);
  method("launch", &DeviceObject::launch);
  method("measure", &DeviceObject::measure);
  method("measureCopy", &DeviceObject::measureCopy);
  method("measureLaunch", &DeviceObject::measureLaunch);
  method("measureAllocation", &DeviceObject::measureAllocation);
  method("compile", &DeviceObject::compile);
  method("openCounters", &DeviceObject::openCounters);
  method("measureCounters", &DeviceObject::measureCounters);
  method("captureBegin", &DeviceObject::captureBegin);
  method("captureEnd", &DeviceObject::captureEnd);
  method("launchGraph", &DeviceObject::launchGraph);
  method("freeGraph", &DeviceObject::freeGraph);
  method("whenDone", &DeviceObject::whenDone);
  method("synchronize", &DeviceObject::synchronize);
  method("pushRange", &DeviceObject::pushRange);
  method("popRange", &DeviceObject::popRange);
  method("pushBatch", &DeviceObject::pushBatch);
  method("popBatch", &DeviceObject::popBatch);
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

// The address under `key`, if it is one of ours and holds that many bytes.
void* DeviceObject::memory(const JsOptions& options, const char* key, uint64_t bytes) {
  return WorkArguments(options, device().facts(), &allocations_).memory<uint8_t>(key, {std::max<uint64_t>(bytes, 1)}, 1);
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
  const JsBytes source = options.typedArray("source");
  void* target = memory(options, "target", source.byteCount);
  if (source.byteCount == 0) return call.Env().Undefined();
  const bool isDirect = hostBlocks_->holds(source.address, source.byteCount);
  const auto upload = isDirect ? &ComputeDevice::uploadDirect : &ComputeDevice::upload;
  (device().*upload)(target, source.address, source.byteCount, streamFrom(options));
  return call.Env().Undefined();
}

Napi::Value DeviceObject::download(const Napi::CallbackInfo& call) {
  const JsOptions options(call, "download");
  const JsBytes target = options.typedArray("target");
  const void* source = memory(options, "source", target.byteCount);
  if (target.byteCount == 0) return call.Env().Undefined();
  const uint32_t stream = streamFrom(options);
  device().download(target.address, source, target.byteCount, stream);
  waited(stream);
  return call.Env().Undefined();
}

Napi::Value DeviceObject::pinCopies(const Napi::CallbackInfo& call) {
  const JsOptions options(call, "pinCopies");
  const uint64_t bytes = options.wholeNumber("bytes", 0, kBytesMax);
  device().pinCopies(streamFrom(options), bytes);
  return call.Env().Undefined();
}

Work DeviceObject::workFrom(const JsOptions& options) {
  if (options.callName() == "compiled") return device().compiledWork(compiledCallFrom(options, allocations_));
  return makeWork(options.callName(), WorkArguments(options, device().facts(), &allocations_));
}

Napi::Value DeviceObject::describeLaunch(const Napi::CallbackInfo& call) {
  const JsOptions options(call);
  return describeWork(call.Env(), workFrom(options));
}

Napi::Value DeviceObject::launch(const Napi::CallbackInfo& call) {
  const JsOptions options(call);
  device().launch(workFrom(options), streamFrom(options));
  return call.Env().Undefined();
}

Napi::Value DeviceObject::measure(const Napi::CallbackInfo& call) {
  const JsOptions options(call);
  MeasurePlan plan;
  plan.sampleCount = sampleCountFrom(options);
  plan.isCold = options.flagOr("isCold", false);
  plan.launchesPerSample = static_cast<uint32_t>(options.wholeNumberOr("launchesPerSample", 1, plan.isCold ? 1 : kSampleCountMax, 1));
  return floatsOf(call.Env(), device().measure(workFrom(options), plan, streamFrom(options)));
}

Napi::Value DeviceObject::measureCopy(const Napi::CallbackInfo& call) {
  const JsOptions options(call, "measureCopy");
  CopyPlan plan;
  plan.memory = static_cast<HostMemory>(options.wordOr("memory", {"pageable", "pinned", "managed"}, 0));
  plan.way = static_cast<CopyWay>(options.wordOr("way", {"hostToDevice", "deviceToHost", "deviceToDevice"}, 0));
  plan.bytes = options.wholeNumber("bytes", 1, kBytesMax);
  plan.sampleCount = sampleCountFrom(options);
  return floatsOf(call.Env(), device().measureCopy(plan));
}

Napi::Value DeviceObject::measureLaunch(const Napi::CallbackInfo& call) {
  const JsOptions options(call, "measureLaunch");
  LaunchPlan plan;
  plan.launchCount = static_cast<uint32_t>(options.wholeNumber("launchCount", 1, kSampleCountMax));
  plan.isGraph = options.flagOr("isGraph", false);
  plan.sampleCount = sampleCountFrom(options);
  return floatsOf(call.Env(), device().measureLaunch(plan));
}

Napi::Value DeviceObject::measureAllocation(const Napi::CallbackInfo& call) {
  const JsOptions options(call, "measureAllocation");
  AllocationPlan plan;
  plan.allocator = static_cast<Allocator>(options.wordOr("allocator", {"device", "pool", "pinned", "managed"}, 0));
  plan.bytes = options.wholeNumber("bytes", 1, kBytesMax);
  plan.sampleCount = sampleCountFrom(options);
  return floatsOf(call.Env(), device().measureAllocation(plan));
}

Napi::Value DeviceObject::compile(const Napi::CallbackInfo& call) {
  const JsOptions options(call, "compile");
  const CompileOrder order{options.text("source"), options.text("fileName"), options.has("entry") ? options.text("entry") : ""};
  return describeCompiled(call.Env(), device().compile(order));
}

Napi::Value DeviceObject::openCounters(const Napi::CallbackInfo& call) {
  return describeCounters(call.Env(), device().openCounters(textsFrom(call[0], "openCounters: the argument")));
}

Napi::Value DeviceObject::measureCounters(const Napi::CallbackInfo& call) {
  const JsOptions options(call);
  return floatsOf(call.Env(), device().measureCounters(workFrom(options), streamFrom(options)));
}

// Not the default stream, which CUDA does not capture.
uint32_t DeviceObject::ownStreamFrom(const Napi::CallbackInfo& call, const char* callName) const {
  if (streamCount_ == 1) throw DeviceError(std::string(callName) + ": createStream() comes first.");
  return static_cast<uint32_t>(wholeNumberFrom(call[0], std::string(callName) + ": the stream", 1, streamCount_ - 1));
}

Napi::Value DeviceObject::captureBegin(const Napi::CallbackInfo& call) {
  device().captureBegin(ownStreamFrom(call, "captureBegin"));
  return call.Env().Undefined();
}

Napi::Value DeviceObject::captureEnd(const Napi::CallbackInfo& call) {
  return Napi::Number::New(call.Env(), device().captureEnd(ownStreamFrom(call, "captureEnd")));
}

Napi::Value DeviceObject::launchGraph(const Napi::CallbackInfo& call) {
  const JsOptions options(call, "launchGraph");
  device().launchGraph(static_cast<uint32_t>(options.wholeNumber("graph", 1, UINT32_MAX)), streamFrom(options));
  return call.Env().Undefined();
}

Napi::Value DeviceObject::freeGraph(const Napi::CallbackInfo& call) {
  device().releaseGraph(static_cast<uint32_t>(wholeNumberFrom(call[0], "freeGraph: the graph", 1, UINT32_MAX)));
  return call.Env().Undefined();
}

Napi::Value DeviceObject::whenDone(const Napi::CallbackInfo& call) {
  device();
  const auto stream = static_cast<uint32_t>(wholeNumberFrom(call[0], "whenDone: the stream", 0, streamCount_ - 1));
  if (!waiters_) waiters_ = std::make_shared<StreamWaiters>(call.Env());
  const auto wait = [device = device_, waitDevice = device_->waiterOf(stream)] { waitDevice(); };
  const auto settled = [blocks = hostBlocks_, fetched = fetched_, stream, last = fetched_->lastFetch(), device = std::weak_ptr(device_)] {
    if (device.expired()) fetched->allDone();
    else fetched->done(stream, last);
  };
  return waiters_->promise(call.Env(), stream, wait, settled);
}

Napi::Value DeviceObject::synchronize(const Napi::CallbackInfo& call) {
  device().synchronize();
  for (uint32_t stream = 0; stream < streamCount_; ++stream) waited(stream);
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

Napi::Value DeviceObject::pushBatch(const Napi::CallbackInfo& call) {
  device().pushBatch(wholeNumberFrom(call[0], "pushBatch: the batch", 1, kBatchMax));
  return call.Env().Undefined();
}

Napi::Value DeviceObject::popBatch(const Napi::CallbackInfo& call) {
  device().popBatch();
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
  waiters_.reset();
  const std::weak_ptr<ComputeDevice> device = device_;
  device_.reset();
  if (device.expired()) fetched_->allDone();
  return call.Env().Undefined();
}

}  // namespace hka::addon
