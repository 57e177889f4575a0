#include "tensorrt/v10/tensorrt_10.h"

namespace hka::tensorrt::v10 {

LogSeverity severityOf(nvinfer1::ILogger::Severity severity) {
  switch (severity) {
    case nvinfer1::ILogger::Severity::kINTERNAL_ERROR: return LogSeverity::internalError;
    case nvinfer1::ILogger::Severity::kERROR: return LogSeverity::error;
    case nvinfer1::ILogger::Severity::kWARNING: return LogSeverity::warning;
    case nvinfer1::ILogger::Severity::kINFO: return LogSeverity::note;
    case nvinfer1::ILogger::Severity::kVERBOSE: return LogSeverity::verbose;
  }
  return LogSeverity::verbose;
}

ElementType elementOf(nvinfer1::DataType type) {
  switch (type) {
    case nvinfer1::DataType::kFLOAT: return ElementType::float32;
    case nvinfer1::DataType::kHALF: return ElementType::float16;
    case nvinfer1::DataType::kBF16: return ElementType::bfloat16;
    case nvinfer1::DataType::kINT8: return ElementType::int8;
    case nvinfer1::DataType::kUINT8: return ElementType::uint8;
    case nvinfer1::DataType::kINT32: return ElementType::int32;
    case nvinfer1::DataType::kINT64: return ElementType::int64;
    case nvinfer1::DataType::kBOOL: return ElementType::boolean;
    default: return ElementType::other;  // 8-bit and 4-bit floats, whose set grows with each 10.x
  }
}

size_t elementBytes(ElementType element) {
  switch (element) {
    case ElementType::float32:
    case ElementType::int32: return 4;
    case ElementType::float16:
    case ElementType::bfloat16: return 2;
    case ElementType::int8:
    case ElementType::uint8:
    case ElementType::boolean: return 1;
    case ElementType::int64: return 8;
    case ElementType::other: return 0;
  }
  return 0;
}

Shape shapeOf(const nvinfer1::Dims& dims) {
  return dims.nbDims <= 0 ? Shape{} : Shape(dims.d, dims.d + dims.nbDims);
}

nvinfer1::Dims dimsOf(const Shape& shape) {
  nvinfer1::Dims dims{};
  dims.nbDims = static_cast<int32_t>(shape.size());
  for (size_t index = 0; index < shape.size(); ++index) dims.d[index] = shape[index];
  return dims;
}

int64_t elementCount(const Shape& shape) {
  constexpr int64_t kCountMax = int64_t{1} << 62;
  int64_t count = 1;
  for (const int64_t each : shape) {
    if (each < 0 || (each > 0 && count > kCountMax / each)) return -1;
    count *= each;
  }
  return count;
}

std::string textOf(const Shape& shape) {
  std::string text;
  for (const int64_t each : shape) text += (text.empty() ? "" : "x") + (each < 0 ? std::string("?") : std::to_string(each));
  return text.empty() ? "a single value" : text;
}

}  // namespace hka::tensorrt::v10
