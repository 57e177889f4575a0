// A model of the fake TensorRT: a text file, one fact a line, which becomes the plan with what the builder was told.
//   input images float32 -1x3x4x4       output scores float32 -1x5       output boxes float32 *x4   (* depends on values)
//   layer conv1 Convolution             weights 4096                     activations 1024           scratch 256
//   refuse 7 /nms NonMaxSuppression 8 why      noTactic conv1      uncapturable      breaksCapture      hungry (build: out of memory)
#pragma once

#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

#include <unistd.h>

#include "../include/NvInfer.h"

namespace fake {

[[noreturn]] inline void fail(const char* sentence) {
  std::fprintf(stderr, "fake TensorRT: %s\n", sentence);
  _exit(5);
}

using Words = std::vector<std::string>;

inline std::vector<Words> linesOf(const std::string& text) {
  std::vector<Words> lines;
  std::istringstream all(text);
  for (std::string line; std::getline(all, line);) {
    std::istringstream one(line);
    Words words;
    for (std::string word; one >> word;) words.push_back(word);
    if (!words.empty()) lines.push_back(words);
  }
  return lines;
}

// "-1x3x4" and "*x4"; a star is open too.
inline nvinfer1::Dims dimsOf(const std::string& text) {
  nvinfer1::Dims dims;
  std::istringstream words(text);
  for (std::string word; std::getline(words, word, 'x');) dims.d[dims.nbDims++] = word == "*" ? -1 : std::stoll(word);
  return dims;
}

inline std::string textOf(const nvinfer1::Dims& dims) {
  std::string text;
  for (int axis = 0; axis < dims.nbDims; ++axis) text += (axis == 0 ? "" : "x") + std::to_string(dims.d[axis]);
  return text;
}

class Tensor : public nvinfer1::ITensor {
 public:
  Tensor(std::string name, const std::string& shape) : name_(std::move(name)), dims_(dimsOf(shape)) {}
  const char* getName() const noexcept override { return name_.c_str(); }
  nvinfer1::Dims getDimensions() const noexcept override { return dims_; }
  bool isShapeTensor() const noexcept override { return name_ == "shape"; }

 private:
  std::string name_;
  nvinfer1::Dims dims_;
};

class Layer : public nvinfer1::ILayer {
 public:
  explicit Layer(bool isQuantize) : isQuantize_(isQuantize) {}
  nvinfer1::LayerType getType() const noexcept override {
    return isQuantize_ ? nvinfer1::LayerType::kQUANTIZE : nvinfer1::LayerType::kCONVOLUTION;
  }

 private:
  bool isQuantize_;
};

// The number of such objects that are alive; must be zero at the end of the program.
struct Counted {
  Counted();
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted();
};

class Network : public nvinfer1::INetworkDefinition {
 public:
  void add(const Words& words) {
    if (words[0] == "input") inputs.emplace_back(words[1], words[3]);
    if (words[0] == "layer") layers.emplace_back(words[2] == "QuantizeLinear");
    lines.push_back(words);
  }
  int32_t getNbInputs() const noexcept override { return static_cast<int32_t>(inputs.size()); }
  nvinfer1::ITensor* getInput(int32_t index) const noexcept override { return const_cast<Tensor*>(&inputs[static_cast<size_t>(index)]); }
  int32_t getNbLayers() const noexcept override { return static_cast<int32_t>(layers.size()); }
  nvinfer1::ILayer* getLayer(int32_t index) const noexcept override { return const_cast<Layer*>(&layers[static_cast<size_t>(index)]); }

  std::vector<Words> lines;

 private:
  std::vector<Tensor> inputs;
  std::vector<Layer> layers;
};

}  // namespace fake
