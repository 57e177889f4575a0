// libnvinfer_plugin.so.10 of the fake: says in the log that it was asked.
#include "../include/NvInfer.h"

extern "C" __attribute__((visibility("default"))) bool initLibNvInferPlugins(void* logger, const char*) {
  static_cast<nvinfer1::ILogger*>(logger)->log(nvinfer1::ILogger::Severity::kVERBOSE, "plugins are registered");
  return true;
}
