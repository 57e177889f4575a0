// The N-API face of the addon. A wrong argument is a JavaScript Error with a sentence; no C++ exception leaves this file.
#include <cxxabi.h>
#include <napi.h>

#include <cstdlib>
#include <memory>
#include <stdexcept>

#include "cpu_device.h"
#include "cuda_query.h"

namespace hka {
namespace {

constexpr size_t kNameBytesMax = 8192;  // what __cxa_demangle is given at most; longer names stay as they are
constexpr uint32_t kThreadsMax = 256;

double numberOf(const Napi::Object& options, const char* name) {
  const Napi::Value value = options.Get(name);
  if (!value.IsNumber()) throw std::invalid_argument(std::string("The option ") + name + " is a number.");
  return value.As<Napi::Number>().DoubleValue();
}

// A count or a buffer's number: whole and not negative.
size_t countOf(const Napi::Object& options, const char* name) {
  const double value = numberOf(options, name);
  if (!(value >= 0 && value <= 4294967295.0) || value != static_cast<double>(static_cast<size_t>(value))) {
    throw std::invalid_argument(std::string("The option ") + name + " is a whole number from 0 up.");
  }
  return static_cast<size_t>(value);
}

uint32_t bufferOf(const Napi::Object& options, const char* name) { return static_cast<uint32_t>(countOf(options, name)); }

Napi::Float32Array floatsOf(const Napi::Value& value) {
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_float32_array) {
    throw std::invalid_argument("The values are a Float32Array.");
  }
  return value.As<Napi::Float32Array>();
}

Napi::Object optionsOf(const Napi::CallbackInfo& info) {
  if (info.Length() < 1 || !info[0].IsObject()) throw std::invalid_argument("The argument is an object of options.");
  return info[0].As<Napi::Object>();
}

// Runs `body` and turns a C++ exception into a JavaScript one.
template <class Body>
Napi::Value guarded(const Napi::Env& env, Body&& body) {
  try {
    return body();
  } catch (const Napi::Error&) {
    throw;
  } catch (const std::exception& error) {
    throw Napi::Error::New(env, error.what());
  }
}

class CpuDeviceWrap : public Napi::ObjectWrap<CpuDeviceWrap> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "CpuDevice",
                       {InstanceMethod<&CpuDeviceWrap::alloc>("alloc"), InstanceMethod<&CpuDeviceWrap::free>("free"),
                        InstanceMethod<&CpuDeviceWrap::upload>("upload"), InstanceMethod<&CpuDeviceWrap::download>("download"),
                        InstanceMethod<&CpuDeviceWrap::gemm>("gemm"), InstanceMethod<&CpuDeviceWrap::conv3x3>("conv3x3"),
                        InstanceMethod<&CpuDeviceWrap::softmax>("softmax"), InstanceMethod<&CpuDeviceWrap::relu>("relu"),
                        InstanceMethod<&CpuDeviceWrap::pushRange>("pushRange"),
                        InstanceMethod<&CpuDeviceWrap::popRange>("popRange"),
                        InstanceMethod<&CpuDeviceWrap::setKinds>("setKinds"),
                        InstanceMethod<&CpuDeviceWrap::takePackets>("takePackets")});
  }

  explicit CpuDeviceWrap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<CpuDeviceWrap>(info) {
    guarded(info.Env(), [&]() -> Napi::Value {
      const auto options = optionsOf(info);
      const size_t threads = countOf(options, "threads");
      if (threads < 1 || threads > kThreadsMax) throw std::invalid_argument("The option threads is 1 to 256.");
      if (!options.Get("epochNs").IsBigInt()) throw std::invalid_argument("The option epochNs is a BigInt.");
      bool isLossless = false;
      const int64_t epochNs = options.Get("epochNs").As<Napi::BigInt>().Int64Value(&isLossless);
      device_ = std::make_unique<CpuDevice>(static_cast<uint32_t>(threads), epochNs, bufferOf(options, "sourceId"));
      return info.Env().Undefined();
    });
  }

 private:
  // Calls `body` with the options; gives undefined back.
  template <class Body>
  Napi::Value act(const Napi::CallbackInfo& info, Body&& body) {
    return guarded(info.Env(), [&]() -> Napi::Value {
      body(optionsOf(info));
      return info.Env().Undefined();
    });
  }

  static uint32_t firstNumber(const Napi::CallbackInfo& info) {
    if (info.Length() < 1 || !info[0].IsNumber()) throw std::invalid_argument("The first argument is a number.");
    return info[0].As<Napi::Number>().Uint32Value();
  }

  Napi::Value alloc(const Napi::CallbackInfo& info) {
    return guarded(info.Env(), [&]() -> Napi::Value { return Napi::Number::New(info.Env(), device_->alloc(firstNumber(info))); });
  }
  Napi::Value free(const Napi::CallbackInfo& info) {
    return guarded(info.Env(), [&]() -> Napi::Value {
      device_->free(firstNumber(info));
      return info.Env().Undefined();
    });
  }
  Napi::Value upload(const Napi::CallbackInfo& info) {
    return guarded(info.Env(), [&]() -> Napi::Value {
      const auto values = floatsOf(info[1]);
      device_->upload(firstNumber(info), values.Data(), values.ElementLength());
      return info.Env().Undefined();
    });
  }
  Napi::Value download(const Napi::CallbackInfo& info) {
    return guarded(info.Env(), [&]() -> Napi::Value {
      auto values = floatsOf(info[1]);
      device_->download(firstNumber(info), values.Data(), values.ElementLength());
      return info.Env().Undefined();
    });
  }
  Napi::Value gemm(const Napi::CallbackInfo& info) {
    return act(info, [&](const Napi::Object& o) {
      const GemmShape shape{countOf(o, "m"), countOf(o, "n"), countOf(o, "k")};
      device_->gemm(bufferOf(o, "tile"), shape, bufferOf(o, "a"), bufferOf(o, "b"), bufferOf(o, "c"), bufferOf(o, "stream"));
    });
  }
  Napi::Value conv3x3(const Napi::CallbackInfo& info) {
    return act(info, [&](const Napi::Object& o) {
      const ConvShape shape{countOf(o, "channelsIn"), countOf(o, "channelsOut"), countOf(o, "height"), countOf(o, "width")};
      device_->conv3x3(shape, bufferOf(o, "input"), bufferOf(o, "weights"), bufferOf(o, "output"), bufferOf(o, "stream"));
    });
  }
  Napi::Value softmax(const Napi::CallbackInfo& info) {
    return act(info, [&](const Napi::Object& o) {
      device_->softmax(countOf(o, "rows"), countOf(o, "columns"), bufferOf(o, "input"), bufferOf(o, "output"), bufferOf(o, "stream"));
    });
  }
  Napi::Value relu(const Napi::CallbackInfo& info) {
    return act(info, [&](const Napi::Object& o) {
      device_->relu(countOf(o, "count"), bufferOf(o, "input"), bufferOf(o, "output"), bufferOf(o, "stream"));
    });
  }
  Napi::Value pushRange(const Napi::CallbackInfo& info) {
    device_->recorder().pushRange(info.Length() > 0 ? info[0].ToString().Utf8Value() : std::string());
    return info.Env().Undefined();
  }
  Napi::Value popRange(const Napi::CallbackInfo& info) {
    if (!device_->recorder().popRange()) throw Napi::Error::New(info.Env(), "There is no open range.");
    return info.Env().Undefined();
  }
  Napi::Value setKinds(const Napi::CallbackInfo& info) {
    return act(info, [&](const Napi::Object& names) {
      TraceKinds kinds{false, false, false, false, false};
      const auto list = names.As<Napi::Array>();
      for (uint32_t i = 0; i < list.Length(); ++i) {
        const std::string name = list.Get(i).ToString().Utf8Value();
        if (name == "kernel") kinds.kernel = true;
        if (name == "memcpy") kinds.memcpy = true;
        if (name == "memory") kinds.memory = true;
        if (name == "api") kinds.api = true;
        if (name == "nvtx") kinds.nvtx = true;
      }
      device_->recorder().setKinds(kinds);
    });
  }
  // A copy: Electron refuses buffers whose memory is not its own.
  Napi::Value takePackets(const Napi::CallbackInfo& info) {
    const auto packets = device_->recorder().take();
    return Napi::Buffer<uint8_t>::Copy(info.Env(), packets.data(), packets.size());
  }

  std::unique_ptr<CpuDevice> device_;
};

std::string demangled(const std::string& name) {
  if (name.size() > kNameBytesMax || name.compare(0, 2, "_Z") != 0) return name;
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status), &std::free);
  return status == 0 && text ? text.get() : name;
}

// demangle(names): names that are no mangled C++ names come back as they are.
Napi::Value demangle(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const auto names = optionsOf(info).As<Napi::Array>();
    auto result = Napi::Array::New(info.Env(), names.Length());
    for (uint32_t i = 0; i < names.Length(); ++i) {
      result.Set(i, Napi::String::New(info.Env(), demangled(names.Get(i).ToString().Utf8Value())));
    }
    return result;
  });
}

// cudaDevices(): { devices, driverVersion, reason }.
Napi::Value cudaDevices(const Napi::CallbackInfo& info) {
  const auto env = info.Env();
  const CudaDevices found = queryCudaDevices();
  auto devices = Napi::Array::New(env, found.devices.size());
  for (uint32_t i = 0; i < found.devices.size(); ++i) {
    const CudaDevice& device = found.devices[i];
    auto object = Napi::Object::New(env);
    object.Set("name", device.name);
    object.Set("computeMajor", device.computeMajor);
    object.Set("computeMinor", device.computeMinor);
    object.Set("smCount", device.smCount);
    object.Set("memoryBytes", static_cast<double>(device.memoryBytes));
    devices.Set(i, object);
  }
  auto result = Napi::Object::New(env);
  result.Set("devices", devices);
  result.Set("driverVersion", found.driverVersion);
  result.Set("reason", found.reason);
  return result;
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports.Set("CpuDevice", CpuDeviceWrap::define(env));
  exports.Set("demangle", Napi::Function::New(env, demangle));
  exports.Set("cudaDevices", Napi::Function::New(env, cudaDevices));
  return exports;
}

}  // namespace
}  // namespace hka

Napi::Object hkaInit(Napi::Env env, Napi::Object exports) { return hka::init(env, exports); }
NODE_API_MODULE(hookanalyzer, hkaInit)
