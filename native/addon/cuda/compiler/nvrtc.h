// NVRTC: compiles CUDA C++ for the device inside the process, needs no GPU and no other compiler. Opened by hand.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hka::addon {

struct NvrtcOutcome {
  bool isCompiled = false;
  std::string log;
  std::vector<uint8_t> cubin;
  std::string symbol;    // of the name expression, when there was one
  std::string sentence;  // why not, when it was not the source's fault
};

class Nvrtc {
 public:
  // Opens the first of `paths` that can be. False when none can, or when it is older than CUDA 11.2.
  bool load(const std::vector<std::string>& paths);
  // Such as "NVRTC 13.0".
  [[nodiscard]] const std::string& name() const { return name_; }
  // `architecture` such as 87. `nameExpression` such as "scale<float>" makes that instance; empty for none.
  [[nodiscard]] NvrtcOutcome compile(const std::string& source, const std::string& fileName, uint32_t architecture,
                                     const std::string& nameExpression) const;

 private:
  // nvrtcResult is an int, nvrtcProgram a pointer: nvrtc.h, the same since CUDA 7.0.
  int (*version_)(int*, int*) = nullptr;
  int (*create_)(void**, const char* source, const char* name, int headerCount, const char* const* headers, const char* const* names) = nullptr;
  int (*destroy_)(void**) = nullptr;
  int (*compile_)(void*, int optionCount, const char* const* options) = nullptr;
  int (*logBytes_)(void*, size_t*) = nullptr;
  int (*log_)(void*, char*) = nullptr;
  int (*cubinBytes_)(void*, size_t*) = nullptr;
  int (*cubin_)(void*, char*) = nullptr;
  int (*addName_)(void*, const char*) = nullptr;
  int (*loweredName_)(void*, const char*, const char**) = nullptr;
  const char* (*words_)(int) = nullptr;
  std::string name_;
  std::vector<std::string> includeFolders_;
};

}  // namespace hka::addon
