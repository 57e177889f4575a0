// libnvonnxparser.so.10 of the fake: reads its text models, and fails as the text says.
#include <deque>
#include <fstream>
#include <memory>

#include "../include/NvOnnxParser.h"
#include "network.h"

namespace {

using nvonnxparser::ErrorCode;

class Error : public nvonnxparser::IParserError {
 public:
  Error(ErrorCode code, std::string text, int node, std::string name, std::string operatorName)
      : code_(code), text_(std::move(text)), node_(node), name_(std::move(name)), operator_(std::move(operatorName)) {}
  ErrorCode code() const override { return code_; }
  const char* desc() const override { return text_.c_str(); }
  int node() const override { return node_; }
  const char* nodeName() const override { return name_.c_str(); }
  const char* nodeOperator() const override { return operator_.c_str(); }

 private:
  ErrorCode code_;
  std::string text_;
  int node_;
  std::string name_;
  std::string operator_;
};

class Parser : public nvonnxparser::IParser {
 public:
  explicit Parser(fake::Network& network) : network_(network) {}
  bool parseFromFile(const char* path, int) noexcept override {
    std::ifstream file(path);
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    const auto lines = fake::linesOf(text);
    if (lines.empty() || lines[0][0] != "model") {
      errors_.emplace_back(ErrorCode::kMODEL_DESERIALIZE_FAILED, "Failed to parse the ONNX model.", -1, "", "");
      return false;
    }
    for (const auto& words : lines) {
      if (words[0] == "refuse") {
        std::string why;
        for (size_t index = 5; index < words.size(); ++index) why += (why.empty() ? "" : " ") + words[index];
        errors_.emplace_back(static_cast<ErrorCode>(std::stoi(words[4])), why, std::stoi(words[1]), words[2], words[3]);
      }
      network_.add(words);
    }
    return errors_.empty();
  }
  int getNbErrors() const noexcept override { return static_cast<int>(errors_.size()); }
  const nvonnxparser::IParserError* getError(int index) const noexcept override { return &errors_[static_cast<size_t>(index)]; }

 private:
  fake::Network& network_;
  std::deque<Error> errors_;
};

}  // namespace

extern "C" __attribute__((visibility("default"))) void* createNvOnnxParser_INTERNAL(void* network, void*, int version) {
  if (version != NV_ONNX_PARSER_VERSION) return nullptr;
  return static_cast<nvonnxparser::IParser*>(new Parser(*static_cast<fake::Network*>(static_cast<nvinfer1::INetworkDefinition*>(network))));
}
