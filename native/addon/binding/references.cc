#include "addon/binding/references.h"

#include "addon/binding/work_makers.h"

namespace hka::addon {

Napi::Value runReference(const Napi::CallbackInfo& call) {
  const JsOptions options(call);
  DeviceFacts host;
  host.kind = "cpu";
  const Work work = makeWork(options.callName(), WorkArguments(options, host, nullptr));
  if (!work.reference) throw DeviceError(options.callName() + " has no reference.");
  work.reference();
  return call.Env().Undefined();
}

}  // namespace hka::addon
