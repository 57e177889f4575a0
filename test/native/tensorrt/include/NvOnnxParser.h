// The same of TensorRT's reader of ONNX files.
#pragma once

#include "NvInfer.h"

#define NV_ONNX_PARSER_VERSION 100

namespace nvonnxparser {

enum class ErrorCode : int {
  kSUCCESS,
  kINTERNAL_ERROR,
  kMEM_ALLOC_FAILED,
  kMODEL_DESERIALIZE_FAILED,
  kINVALID_VALUE,
  kINVALID_GRAPH,
  kINVALID_NODE,
  kUNSUPPORTED_GRAPH,
  kUNSUPPORTED_NODE,
  kUNSUPPORTED_NODE_SHAPE = 13
};

class IParserError : public nvinfer1::Object {
 public:
  virtual ErrorCode code() const = 0;
  virtual const char* desc() const = 0;
  virtual int node() const = 0;
  virtual const char* nodeName() const = 0;
  virtual const char* nodeOperator() const = 0;
};

class IParser : public nvinfer1::Object {
 public:
  virtual bool parseFromFile(const char* path, int verbosity) noexcept = 0;
  virtual int getNbErrors() const noexcept = 0;
  virtual const IParserError* getError(int index) const noexcept = 0;
};

}  // namespace nvonnxparser
