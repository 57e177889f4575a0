// The door of hookanalyzer.node. Exceptions of the C++ side become JavaScript Errors here (NODE_ADDON_API_CPP_EXCEPTIONS_ALL); none
// crosses N-API. Keeps no state of its own, so that several environments may load it.

#include <napi.h>

#include <algorithm>
#include <memory>
#include <thread>

#include "addon/batch_mark.h"
#include "addon/binding/device_object.h"
#include "addon/binding/references.h"
#include "addon/binding/tensorrt_object.h"
#include "addon/binding/work_makers.h"
#include "addon/cpu/cpu_device.h"
#include "addon/cuda/cuda_survey.h"
#include "addon/cuda/gpu_sensors.h"
#include "addon/demangle.h"
#ifdef HAVE_CUDA
#include "addon/cuda/cuda_device.h"
#endif

namespace hka::addon {
namespace {

constexpr uint32_t kThreadCountMax = 256;

Napi::Value demangleNames(const Napi::CallbackInfo& call) {
  const std::vector<std::string> names = textsFrom(call[0], "demangle: the argument");
  Napi::Array readable = Napi::Array::New(call.Env(), names.size());
  for (uint32_t index = 0; index < names.size(); ++index) {
    const Napi::HandleScope scope(call.Env());
    readable.Set(index, demangle(names[index]));
  }
  return readable;
}

Napi::Value cudaDevices(const Napi::CallbackInfo& call) {
  const CudaSurvey survey = surveyCudaDevices();
  Napi::Array devices = Napi::Array::New(call.Env(), survey.devices.size());
  for (uint32_t index = 0; index < survey.devices.size(); ++index) {
    const CudaDeviceFacts& facts = survey.devices[index];
    Napi::Object device = Napi::Object::New(call.Env());
    device.Set("index", facts.index);
    device.Set("name", facts.name);
    device.Set("computeMajor", facts.computeMajor);
    device.Set("computeMinor", facts.computeMinor);
    device.Set("smCount", facts.smCount);
    device.Set("coreClockKhz", facts.coreClockKhz);
    device.Set("memoryBytes", facts.memoryBytes);
    devices.Set(index, device);
  }
  Napi::Object answer = Napi::Object::New(call.Env());
  answer.Set("devices", devices);
  answer.Set("driverVersion", survey.driverVersion);
  answer.Set("reason", survey.reason);
  return answer;
}

Napi::Value kernelVariantNames(const Napi::CallbackInfo& call) {
  const std::vector<std::string> names = kernelVariants(textFrom(call[0], "kernelVariants: the argument"));
  Napi::Array array = Napi::Array::New(call.Env(), names.size());
  for (uint32_t index = 0; index < names.size(); ++index) array.Set(index, names[index]);
  return array;
}

Napi::Value gpuSensors(const Napi::CallbackInfo& call) {
  const auto index = static_cast<unsigned>(wholeNumberFrom(call[0], "gpuSensors: the index", 0, 1023));
  const std::optional<GpuSensors> sensors = readGpuSensors(index);
  if (!sensors) return call.Env().Undefined();
  Napi::Object answer = Napi::Object::New(call.Env());
  answer.Set("coreClockKhz", sensors->coreClockKhz);
  answer.Set("temperatureC", sensors->temperatureC);
  return answer;
}

Napi::Value pushBatchOfThread(const Napi::CallbackInfo& call) {
  pushBatch(wholeNumberFrom(call[0], "pushBatch: the batch", 1, kBatchMax));
  return call.Env().Undefined();
}

Napi::Value popBatchOfThread(const Napi::CallbackInfo& call) {
  popBatch();
  return call.Env().Undefined();
}

Napi::Value createCpuDevice(const Napi::CallbackInfo& call) {
  const JsOptions options(call, "createCpuDevice");
  const uint32_t coreCount = std::clamp(std::thread::hardware_concurrency(), 1U, kThreadCountMax);
  CpuDeviceOptions device;
  device.threadCount = static_cast<uint32_t>(options.wholeNumberOr("threads", 1, kThreadCountMax, coreCount));
  device.epoch = {options.bigintOr("epochNs", hostNow().value)};
  device.sourceId = static_cast<uint32_t>(options.wholeNumberOr("sourceId", 0, UINT32_MAX, 0));
  return DeviceObject::wrap(call.Env(), std::make_unique<CpuDevice>(device));
}

Napi::Value createCudaDevice(const Napi::CallbackInfo& call) {
#ifdef HAVE_CUDA
  const JsOptions options(call, "createCudaDevice");
  const auto index = static_cast<int>(options.wholeNumberOr("index", 0, 1023, 0));
  return DeviceObject::wrap(call.Env(), std::make_unique<CudaDevice>(index));
#else
  static_cast<void>(call);
  throw DeviceError("This addon was built without the CUDA kernels, because no nvcc was found.");
#endif
}

}  // namespace

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
#ifdef HAVE_CUDA
  constexpr bool kHasCudaKernels = true;
#else
  constexpr bool kHasCudaKernels = false;
#endif
  exports.Set("hasCudaKernels", kHasCudaKernels);
  exports.Set("demangle", Napi::Function::New(env, demangleNames, "demangle"));
  exports.Set("kernelVariants", Napi::Function::New(env, kernelVariantNames, "kernelVariants"));
  exports.Set("gpuSensors", Napi::Function::New(env, gpuSensors, "gpuSensors"));
  exports.Set("cudaDevices", Napi::Function::New(env, cudaDevices, "cudaDevices"));
  exports.Set("createCpuDevice", Napi::Function::New(env, createCpuDevice, "createCpuDevice"));
  exports.Set("createCudaDevice", Napi::Function::New(env, createCudaDevice, "createCudaDevice"));
  exports.Set("createTensorrt", Napi::Function::New(env, createTensorrt, "createTensorrt"));
  exports.Set("pushBatch", Napi::Function::New(env, pushBatchOfThread, "pushBatch"));
  exports.Set("popBatch", Napi::Function::New(env, popBatchOfThread, "popBatch"));
  exports.Set("runReference", Napi::Function::New(env, runReference, "runReference"));
  return exports;
}

}  // namespace hka::addon

// The macro makes an identifier of its second argument.
using hka::addon::initialize;
NODE_API_MODULE(hookanalyzer, initialize)
