// nvcc as a process of its own: slower than NVRTC and in need of a host compiler, but it knows every header.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hka::addon {

// A compilation that takes longer is ended: a file of kernels takes seconds, one that expands templates without end takes all memory.
constexpr uint32_t kNvccMsMax = 120'000;

struct NvccOutcome {
  bool isCompiled = false;
  std::string log;  // what it wrote, file names as given
  std::vector<uint8_t> cubin;
  std::string sentence;  // why not, when it was not the source's fault
};

// The path of nvcc: `only` and no other when it is given; else that of CUDA_PATH, of PATH, of the newest toolkit below `root`. Empty when
// there is none.
std::string findNvcc(const std::string& only, const std::string& root);

// Waits for it. `architecture` such as 87; `fileName` is a plain name that ends in .cu.
NvccOutcome compileByNvcc(const std::string& nvccPath, const std::string& source, const std::string& fileName, uint32_t architecture);

}  // namespace hka::addon
