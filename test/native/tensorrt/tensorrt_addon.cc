// A module for Node with createTensorrt alone, linked with the adapter against the fake TensorRT.
#include "addon/binding/tensorrt_object.h"

namespace {

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  exports.Set("createTensorrt", Napi::Function::New(env, hka::addon::createTensorrt, "createTensorrt"));
  return exports;
}

}  // namespace

NODE_API_MODULE(tensorrt_addon, initialize)
