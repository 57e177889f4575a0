#include "addon/cuda/compiler/nvrtc.h"

#include <dlfcn.h>
#include <unistd.h>

#include <memory>
#include <type_traits>

#include "toolkit/toolkit_library.h"

namespace hka::addon {
namespace {

constexpr int kCompilationError = 6;  // NVRTC_ERROR_COMPILATION

// The headers that lie beside the library: cuda_fp16.h and others. CUDA 13 keeps those of CCCL in a folder of their own.
std::vector<std::string> headersBeside(const std::string& libraryPath) {
  std::vector<std::string> folders;
  const std::string include = libraryPath.substr(0, libraryPath.rfind('/')) + "/../include";
  for (const std::string& folder : {include, include + "/cccl"}) {
    if (access(folder.c_str(), R_OK) == 0) folders.push_back(folder);
  }
  return folders;
}

}  // namespace

bool Nvrtc::load(const std::vector<std::string>& paths) {
  void* library = nullptr;
  for (const std::string& path : paths) {
    library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library != nullptr) break;
  }
  if (library == nullptr) return false;
  const auto find = [&](auto& function, const char* name) {
    function = reinterpret_cast<std::decay_t<decltype(function)>>(dlsym(library, name));
    return function != nullptr;
  };
  const bool isWhole = find(version_, "nvrtcVersion") && find(create_, "nvrtcCreateProgram") && find(destroy_, "nvrtcDestroyProgram") &&
                       find(compile_, "nvrtcCompileProgram") && find(logBytes_, "nvrtcGetProgramLogSize") && find(log_, "nvrtcGetProgramLog") &&
                       find(cubinBytes_, "nvrtcGetCUBINSize") && find(cubin_, "nvrtcGetCUBIN") && find(addName_, "nvrtcAddNameExpression") &&
                       find(loweredName_, "nvrtcGetLoweredName") && find(words_, "nvrtcGetErrorString");
  int major = 0;
  int minor = 0;
  if (!isWhole || version_(&major, &minor) != 0) return false;
  const std::string release = std::to_string(major) + "." + std::to_string(minor);
  name_ = "NVRTC " + release;
  const std::string path = toolkit::loadedLibrary("libnvrtc.so");
  includeFolders_ = headersBeside(path);
  // NVRTC opens it by its bare name, which the loader knows only where the toolkit is on its path, or when it is there already.
  static_cast<void>(dlopen((path.substr(0, path.rfind('/')) + "/libnvrtc-builtins.so." + release).c_str(), RTLD_NOW | RTLD_LOCAL));
  return true;
}

NvrtcOutcome Nvrtc::compile(const std::string& source, const std::string& fileName, uint32_t architecture, const std::string& nameExpression) const {
  NvrtcOutcome outcome;
  const auto fail = [&](int result) {
    outcome.sentence = name_ + " cannot compile for sm_" + std::to_string(architecture) + ": " + words_(result) + ".";
    return outcome;
  };
  void* made = nullptr;
  if (const int result = create_(&made, source.c_str(), fileName.c_str(), 0, nullptr, nullptr)) return fail(result);
  const auto destroy = [this](void* each) { static_cast<void>(destroy_(&each)); };
  const std::unique_ptr<void, decltype(destroy)> program(made, destroy);
  if (!nameExpression.empty()) {
    if (const int result = addName_(made, nameExpression.c_str())) return fail(result);
  }
  std::vector<std::string> options = {"--gpu-architecture=sm_" + std::to_string(architecture), "--std=c++17", "-lineinfo"};
  for (const std::string& folder : includeFolders_) options.push_back("--include-path=" + folder);
  std::vector<const char*> pointers;
  for (const std::string& option : options) pointers.push_back(option.c_str());
  const int compiled = compile_(made, static_cast<int>(pointers.size()), pointers.data());

  size_t logBytes = 0;
  if (logBytes_(made, &logBytes) == 0 && logBytes > 1) {
    outcome.log.resize(logBytes);
    static_cast<void>(log_(made, outcome.log.data()));
    outcome.log.resize(logBytes - 1);  // without the zero at its end
  }
  if (compiled == kCompilationError) return outcome;
  if (compiled != 0) return fail(compiled);
  size_t cubinBytes = 0;
  if (const int result = cubinBytes_(made, &cubinBytes)) return fail(result);
  outcome.cubin.resize(cubinBytes);
  if (const int result = cubin_(made, reinterpret_cast<char*>(outcome.cubin.data()))) return fail(result);
  if (!nameExpression.empty()) {
    const char* lowered = nullptr;
    if (const int result = loweredName_(made, nameExpression.c_str(), &lowered)) return fail(result);
    outcome.symbol = lowered;
  }
  outcome.isCompiled = true;
  return outcome;
}

}  // namespace hka::addon
