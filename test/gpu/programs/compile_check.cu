// What the compiler of the user's own kernel answers, as one JSON line: compile_check FILE KERNEL MAJOR MINOR. Needs no GPU and no header of
// CUDA; plain C++, so that a C++ compiler builds it too.
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "addon/cuda/compiler/kernel_compiler.h"
#include "addon/demangle.h"
#include "json_line.h"

namespace {

using namespace hka::addon;

std::string kernelsOf(const CompileResult& result) {
  std::string kernels;
  for (const CubinKernel& kernel : result.kernels) {
    std::string sizes;
    for (const uint32_t bytes : kernel.parameterBytes) sizes += (sizes.empty() ? "" : ", ") + std::to_string(bytes);
    kernels += (kernels.empty() ? "{" : ", ") + check::jsonText(demangle(kernel.symbol)) + ": [" + sizes + "]";
  }
  return kernels.empty() ? "{}" : kernels + "}";
}

void print(const CompileResult& result) {
  check::JsonLine("compile")
      .add("isCompiled", result.isCompiled ? "true" : "false")
      .text("compiler", result.compiler)
      .text("sentence", result.sentence)
      .text("remedy", result.remedy)
      .text("kernel", demangle(result.kernel.symbol))
      .add("kernels", kernelsOf(result))
      .text("log", result.log)
      .print();
}

}  // namespace

int main(int count, char** words) {
  if (count != 5) return 2;
  std::ifstream file(words[1], std::ios::binary);
  CompileRequest request;
  request.source = {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  request.fileName = words[1];
  request.kernelName = words[2];
  request.computeMajor = static_cast<uint32_t>(std::atoi(words[3]));
  request.computeMinor = static_cast<uint32_t>(std::atoi(words[4]));
  print(compileKernel(request, readCompilerPlaces()));
  return 0;
}
