// The kernels in a cubin: an ELF file whose function symbols with the mark of an entry are kernels, and whose section .nv.info.NAME holds a
// list of attributes, one a parameter. Layout as CUDA 11.4 to 13.0 write it; held to real cubins by test/gpu/compiler.ts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hka::addon {

struct CubinKernel {
  std::string symbol;                    // mangled, but for extern "C"
  std::vector<uint32_t> parameterBytes;  // one a parameter, in order
};

// In the order of the file. Empty for bytes that are no whole cubin.
std::vector<CubinKernel> readCubinKernels(const std::vector<uint8_t>& cubin);

}  // namespace hka::addon
