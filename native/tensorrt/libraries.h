// TensorRT's shared libraries, opened by hand: what they export by C name. Needs no header of TensorRT.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hka::tensorrt {

struct LibraryVersion {
  int major = 0;
  int minor = 0;
  int patch = 0;
  int number = 0;  // as getInferLibVersion() answers, and as the create functions want it back
  [[nodiscard]] std::string text() const;
};

struct Libraries {
  LibraryVersion version;
  // Objects of the C++ classes of this major; nullptr when TensorRT refuses. Loggers are ILogger of this major.
  void* (*createBuilder)(void* logger, int32_t version) = nullptr;
  void* (*createRuntime)(void* logger, int32_t version) = nullptr;
  void* (*createParser)(void* network, void* logger, int version) = nullptr;  // nullptr without libnvonnxparser
  bool (*initPlugins)(void* logger, const char* pluginNamespace) = nullptr;   // nullptr without libnvinfer_plugin
};

// Opens the newest of `majors` that `folder` has, or the loader finds when it is empty. Throws Problem. Nothing is ever closed: TensorRT
// keeps threads and registries that must not lose their code.
Libraries openLibraries(const std::string& folder, const std::vector<int>& majors);

}  // namespace hka::tensorrt
