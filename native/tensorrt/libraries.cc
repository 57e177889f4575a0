#include "tensorrt/libraries.h"

#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "tensorrt/problem.h"

namespace hka::tensorrt {
namespace {

// Majors that a machine may have instead of the wanted one: JetPack 5 has 8, the releases after JetPack 6 have 11.
constexpr int kOtherMajors[] = {12, 11, 10, 8};
constexpr int kLastMajorOfThousands = 9;  // until 9 a version is major * 1000 + minor * 100 + patch, later major * 10000 + ...

struct Opened {
  void* library = nullptr;
  std::string whyNot;  // the loader's words, when the file is there and cannot be used
};

Opened open(const std::string& folder, const std::string& stem, int major) {
  const std::string name = stem + ".so." + std::to_string(major);
  const std::string path = folder.empty() ? name : folder + "/" + name;
  Opened opened;
  opened.library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (opened.library != nullptr) return opened;
  const char* words = dlerror();
  const bool isMissing = words == nullptr || (folder.empty() ? std::strncmp(words, name.c_str(), name.size()) == 0 : access(path.c_str(), F_OK) != 0);
  if (!isMissing) opened.whyNot = words;
  return opened;
}

template <class Function>
bool find(Function& function, void* library, const char* name) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

LibraryVersion versionOf(void* library, int majorOfFile) {
  LibraryVersion version;
  int32_t (*ask)() = nullptr;
  if (!find(ask, library, "getInferLibVersion")) return version;
  version.number = ask();
  const int unit = majorOfFile <= kLastMajorOfThousands ? 1000 : 10000;
  version.major = version.number / unit;
  version.minor = version.number % unit / 100;
  version.patch = version.number % 100;
  return version;
}

std::string listed(const std::vector<int>& majors) {
  std::string text;
  for (const int major : majors) text += (text.empty() ? "" : " and ") + std::to_string(major);
  return text;
}

[[noreturn]] void throwOtherMajor(const LibraryVersion& found, const std::vector<int>& majors) {
  throw Problem("tensorrtOtherVersion", "TensorRT " + found.text() + " is installed, and this build drives TensorRT " + listed(majors) + " only.",
                "Build the addon against the headers of a TensorRT that it knows, or use another engine.");
}

// None of the wanted ones is there: says what is.
[[noreturn]] void throwMissing(const std::string& folder, const std::vector<int>& majors) {
  for (const int major : kOtherMajors) {
    if (std::find(majors.begin(), majors.end(), major) != majors.end()) continue;
    const Opened opened = open(folder, "libnvinfer", major);
    if (opened.library == nullptr) continue;
    const LibraryVersion version = versionOf(opened.library, major);
    dlclose(opened.library);
    throwOtherMajor(version, majors);
  }
  throw Problem("tensorrtMissing",
                "TensorRT is not installed: libnvinfer.so." + std::to_string(majors.front()) + " was not found" + (folder.empty() ? "." : " in " + folder + "."),
                "Install TensorRT (on a Jetson: sudo apt install nvidia-tensorrt), or name its folder in HOOKANALYZER_TENSORRT.");
}

Libraries describe(const Opened& opened, const std::string& folder, int major, const std::vector<int>& majors) {
  Libraries libraries;
  libraries.version = versionOf(opened.library, major);
  if (libraries.version.major != major) throwOtherMajor(libraries.version, majors);
  if (!find(libraries.createBuilder, opened.library, "createInferBuilder_INTERNAL") ||
      !find(libraries.createRuntime, opened.library, "createInferRuntime_INTERNAL")) {
    throw Problem("tensorrtBroken", "libnvinfer.so." + std::to_string(major) + " lacks functions that TensorRT has.", "Install TensorRT again.");
  }
  if (void* parser = open(folder, "libnvonnxparser", major).library) static_cast<void>(find(libraries.createParser, parser, "createNvOnnxParser_INTERNAL"));
  if (void* plugins = open(folder, "libnvinfer_plugin", major).library) static_cast<void>(find(libraries.initPlugins, plugins, "initLibNvInferPlugins"));
  return libraries;
}

}  // namespace

std::string LibraryVersion::text() const { return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch); }

Libraries openLibraries(const std::string& folder, const std::vector<int>& majors) {
  for (const int major : majors) {
    const Opened opened = open(folder, "libnvinfer", major);
    if (opened.library != nullptr) return describe(opened, folder, major, majors);
    if (!opened.whyNot.empty()) {
      throw Problem("tensorrtBroken", "TensorRT is installed and cannot be loaded: " + opened.whyNot + ".", "Install what it names.");
    }
  }
  throwMissing(folder, majors);
}

}  // namespace hka::tensorrt
