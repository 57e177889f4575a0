// TensorRT 10's headers and its words in ours. Only the files of this folder see them. The virtual functions of 10.x are only ever added at
// the end of a class, so what is compiled against any 10.x drives any other, as long as it calls nothing newer than the library.
#pragma once

#include <NvInfer.h>
#include <NvOnnxParser.h>

#include "tensorrt/orders.h"

static_assert(NV_TENSORRT_MAJOR == 10 && NV_TENSORRT_MINOR >= 1, "this adapter is of TensorRT 10.1 and later 10.x");

namespace hka::tensorrt::v10 {

constexpr int kMinorMin = 1;  // getDeviceMemorySizeV2 and setDeviceMemoryV2

LogSeverity severityOf(nvinfer1::ILogger::Severity severity);
ElementType elementOf(nvinfer1::DataType type);
// Bytes of one element; 0 for types that the host cannot hold one by one.
size_t elementBytes(ElementType element);
Shape shapeOf(const nvinfer1::Dims& dims);
// At most nvinfer1::Dims::MAX_DIMS dimensions; checked where shapes come in.
nvinfer1::Dims dimsOf(const Shape& shape);
// The number of elements; -1 when a dimension is open or the product passes 2^62.
int64_t elementCount(const Shape& shape);
std::string textOf(const Shape& shape);  // "1x3x640x640"

}  // namespace hka::tensorrt::v10
