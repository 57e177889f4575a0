// Turns the text of a .cu file into machine code for one device, and finds the kernel that was asked for in it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "addon/cuda/compiler/cubin_kernels.h"

namespace hka::addon {

// Longer sources and logs are refused and cut.
constexpr size_t kSourceBytesMax = 4 << 20;
constexpr size_t kLogBytesMax = 256 << 10;

struct CompileRequest {
  std::string source;
  std::string fileName = "kernel.cu";  // as messages name it; only its last part is used
  // `scale`, `space::scale`, a mangled name, or an instance such as `scale<float>`. May be empty when the file has one kernel.
  std::string kernelName;
  uint32_t computeMajor = 0;
  uint32_t computeMinor = 0;
};

// Where to look. An empty path means: find it.
struct CompilerPlaces {
  std::string nvrtcPath;  // HOOKANALYZER_NVRTC
  std::string nvccPath;   // HOOKANALYZER_NVCC
  std::string root;       // HOOKANALYZER_ROOT: the file tree in which to look for toolkits
};
CompilerPlaces readCompilerPlaces();

struct CompileResult {
  bool isCompiled = false;
  std::string compiler;  // "NVRTC 13.0", or the path of nvcc
  std::string log;       // all that the compiler wrote; warnings too when it compiled
  // Why there is no kernel, and what to do about it. Errors of the source are in the log, and the sentence says so.
  std::string sentence;
  std::string remedy;
  std::vector<uint8_t> cubin;
  std::vector<CubinKernel> kernels;  // all that the file has
  CubinKernel kernel;                // the one asked for
};

// Waits for the compiler: a fraction of a second by NVRTC, seconds by nvcc. Needs no GPU. Throws nothing but std::bad_alloc.
CompileResult compileKernel(const CompileRequest& request, const CompilerPlaces& places);

}  // namespace hka::addon
