// A device as a JavaScript object. Checks every address and size against what was allocated, so that a wrong argument becomes an Error
// and never a crash. Lives on Node's thread.
#pragma once

#include <napi.h>

#include <memory>
#include <string>

#include "addon/allocation_table.h"
#include "addon/binding/fetched_arrays.h"
#include "addon/binding/js_arguments.h"
#include "addon/binding/stream_waiters.h"
#include "addon/compute_device.h"

namespace hka::addon {

class DeviceObject {
 public:
  explicit DeviceObject(std::unique_ptr<ComputeDevice> device)
      : hostBlocks_(std::make_shared<HostBlocks>(device->blockMaker())), device_(std::move(device)) {}

  // The object with all methods of ComputeDevice in probe/runner/addon.ts. Its functions share the device; close() ends it early.
  static Napi::Object wrap(Napi::Env env, std::unique_ptr<ComputeDevice> device);

 private:
  ComputeDevice& device();
  uint32_t streamFrom(const JsOptions& options) const;
  uint32_t ownStreamFrom(const Napi::CallbackInfo& call, const char* callName) const;
  void* memory(const JsOptions& options, const char* key, uint64_t bytes);
  Work workFrom(const JsOptions& options);

  Napi::Value createStream(const Napi::CallbackInfo& call);
  Napi::Value alloc(const Napi::CallbackInfo& call);
  Napi::Value free(const Napi::CallbackInfo& call);
  Napi::Value upload(const Napi::CallbackInfo& call);
  Napi::Value download(const Napi::CallbackInfo& call);
  Napi::Value fetch(const Napi::CallbackInfo& call);
  Napi::Value reserveHost(const Napi::CallbackInfo& call);
  Napi::Value unreserveHost(const Napi::CallbackInfo& call);
  Napi::Value hostArray(const Napi::CallbackInfo& call);
  Napi::Value giveBack(const Napi::CallbackInfo& call);
  Napi::Value pinCopies(const Napi::CallbackInfo& call);
  Napi::Value describeLaunch(const Napi::CallbackInfo& call);
  Napi::Value launch(const Napi::CallbackInfo& call);
  Napi::Value measure(const Napi::CallbackInfo& call);
  Napi::Value measureCopy(const Napi::CallbackInfo& call);
  Napi::Value measureLaunch(const Napi::CallbackInfo& call);
  Napi::Value measureAllocation(const Napi::CallbackInfo& call);
  Napi::Value compile(const Napi::CallbackInfo& call);
  Napi::Value openCounters(const Napi::CallbackInfo& call);
  Napi::Value measureCounters(const Napi::CallbackInfo& call);
  Napi::Value captureBegin(const Napi::CallbackInfo& call);
  Napi::Value captureEnd(const Napi::CallbackInfo& call);
  Napi::Value launchGraph(const Napi::CallbackInfo& call);
  Napi::Value freeGraph(const Napi::CallbackInfo& call);
  Napi::Value whenDone(const Napi::CallbackInfo& call);
  Napi::Value synchronize(const Napi::CallbackInfo& call);
  Napi::Value pushRange(const Napi::CallbackInfo& call);
  Napi::Value popRange(const Napi::CallbackInfo& call);
  Napi::Value pushBatch(const Napi::CallbackInfo& call);
  Napi::Value popBatch(const Napi::CallbackInfo& call);
  Napi::Value setKinds(const Napi::CallbackInfo& call);
  Napi::Value takePackets(const Napi::CallbackInfo& call);
  Napi::Value close(const Napi::CallbackInfo& call);

  // The device's work with the stream has come to its end, so its fetches have too.
  void waited(uint32_t stream) { fetched_->done(stream, fetched_->lastFetch()); }

  std::shared_ptr<HostBlocks> hostBlocks_;  // each block in JavaScript's hands keeps them
  std::shared_ptr<FetchedArrays> fetched_ = std::make_shared<FetchedArrays>();
  // Behind what it writes to, so that it ends before. Empty once closed; a promise of whenDone() keeps the device until it is settled.
  std::shared_ptr<ComputeDevice> device_;
  std::shared_ptr<StreamWaiters> waiters_;  // empty until something waits
  AllocationTable allocations_;
  uint32_t streamCount_ = 1;  // the default one
};

}  // namespace hka::addon
