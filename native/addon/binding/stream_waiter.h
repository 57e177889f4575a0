// A promise that is kept when a stream is done, without Node's thread waiting for it: one of libuv's threads does.
#pragma once

#include <napi.h>

#include <memory>

#include "addon/compute_device.h"

namespace hka::addon {

// Keeps the device until the stream is done. Rejects with what the device throws.
Napi::Value promiseOfStream(Napi::Env env, std::shared_ptr<ComputeDevice> device, uint32_t stream);

}  // namespace hka::addon
