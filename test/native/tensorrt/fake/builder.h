#pragma once

#include "../include/NvInfer.h"

namespace fake {

// 101600 for 10.16.0, or what FAKE_TENSORRT_VERSION says.
int version();
// "8.7", or what FAKE_COMPUTE says.
const char* compute();
int dlaCoreCount();
nvinfer1::IBuilder* makeBuilder(nvinfer1::ILogger& logger);
nvinfer1::IRuntime* makeRuntime(nvinfer1::ILogger& logger);

}  // namespace fake
