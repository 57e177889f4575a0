// Operations on each element of float32 arrays: activations and sums, alone and fused. They do next to no arithmetic, so that what
// they cost is the memory they touch. The output may be an input. Addresses are multiples of 16 bytes.
#pragma once

#include <algorithm>

#include "kernels/common/launch.h"

namespace hka::kernels {

enum class ElementwiseOperation : uint32_t { relu, silu, add, addRelu, biasSilu };
constexpr const char* kElementwiseOperations[] = {"relu", "silu", "add", "add_relu", "bias_silu"};

enum class ElementwiseVariant : uint32_t { scalar, vector };
constexpr const char* kElementwiseVariants[] = {"scalar", "vector"};

constexpr uint32_t kElementwiseThreads = 256;  // scalar, unless the arguments say otherwise

struct ElementwiseArguments {
  const float* input = nullptr;   // count
  const float* addend = nullptr;  // count; read by add and addRelu
  const float* bias = nullptr;    // columns; read by biasSilu
  float* output = nullptr;        // count
  uint32_t count = 0;
  uint32_t blockSize = kElementwiseThreads;  // threads of a block of the scalar variant
  uint32_t columns = 1;  // element i gets bias[i % columns]
  ElementwiseOperation operation = ElementwiseOperation::relu;
  ElementwiseVariant variant = ElementwiseVariant::scalar;
};

constexpr uint32_t kElementwiseVectorThreads = 128;  // vector
constexpr uint32_t kElementwiseVectors = 2;          // of four elements, for one thread
constexpr uint32_t kElementwiseBlockCount = kElementwiseVectorThreads * kElementwiseVectors * 4;

inline bool readsAddend(ElementwiseOperation operation) {
  return operation == ElementwiseOperation::add || operation == ElementwiseOperation::addRelu;
}
inline bool readsBias(ElementwiseOperation operation) { return operation == ElementwiseOperation::biasSilu; }

inline Launch elementwiseLaunch(const ElementwiseArguments& elementwise) {
  constexpr const char* kNames[][2] = {{"relu", "relu_vector"},
                                       {"silu", "silu_vector"},
                                       {"add", "add_vector"},
                                       {"add_relu", "add_relu_vector"},
                                       {"bias_silu", "bias_silu_vector"}};
  const bool isVector = elementwise.variant == ElementwiseVariant::vector;
  Launch launch;
  launch.name = kNames[static_cast<uint32_t>(elementwise.operation)][isVector ? 1 : 0];
  launch.grid = {ceilDiv(elementwise.count, isVector ? kElementwiseBlockCount : elementwise.blockSize), 1, 1};
  launch.block = {isVector ? kElementwiseVectorThreads : elementwise.blockSize, 1, 1};
  return launch;
}

// A comparison, an addition, a division and an exponential count as one each; silu(x) = x / (1 + exp(-x)) has four with its sign.
inline double elementwiseFlops(const ElementwiseArguments& elementwise) {
  constexpr double kFlopsEach[] = {1, 4, 1, 2, 5};
  return kFlopsEach[static_cast<uint32_t>(elementwise.operation)] * elementwise.count;
}

inline double elementwiseBytes(const ElementwiseArguments& elementwise) {
  const double arrayCount = readsAddend(elementwise.operation) ? 3 : 2;
  const double biasCount = readsBias(elementwise.operation) ? std::min(elementwise.columns, elementwise.count) : 0;
  return sizeof(float) * (arrayCount * elementwise.count + biasCount);
}

}  // namespace hka::kernels
