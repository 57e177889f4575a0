#pragma once

#include <stdexcept>
#include <string>

namespace hka::tensorrt {

// What a person reads when TensorRT cannot do what was asked: a stable code for programs, one sentence (what()) and what to do about it.
class Problem : public std::runtime_error {
 public:
  Problem(std::string code, const std::string& sentence, std::string remedy)
      : std::runtime_error(sentence), code_(std::move(code)), remedy_(std::move(remedy)) {}
  [[nodiscard]] const std::string& code() const { return code_; }
  [[nodiscard]] const std::string& remedy() const { return remedy_; }

 private:
  std::string code_;
  std::string remedy_;
};

}  // namespace hka::tensorrt
