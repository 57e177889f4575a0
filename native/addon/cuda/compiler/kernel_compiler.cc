#include "addon/cuda/compiler/kernel_compiler.h"

#include <algorithm>
#include <cstdlib>

#include "addon/cuda/compiler/nvcc.h"
#include "addon/cuda/compiler/nvrtc.h"
#include "addon/demangle.h"
#include "toolkit/toolkit_library.h"

namespace hka::addon {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

// A plain file name: what else is in it could mean something to a compiler or a file system.
std::string plainName(const std::string& fileName) {
  const std::string last = fileName.substr(fileName.rfind('/') + 1);
  const bool isPlain = std::all_of(last.begin(), last.end(), [](unsigned char each) { return std::isalnum(each) || each == '.' || each == '_' || each == '-'; });
  const bool isSource = last.size() > 3 && last.size() < 200 && last.compare(last.size() - 3, 3, ".cu") == 0 && std::isalnum(static_cast<unsigned char>(last[0]));
  return isPlain && isSource ? last : "kernel.cu";
}

std::string withoutSpaces(std::string text) {
  text.erase(std::remove_if(text.begin(), text.end(), [](unsigned char each) { return std::isspace(each); }), text.end());
  return text;
}

// `void scale<float>(float*, int)` → `scale<float>`: templates are demangled with the type of their result, others without.
std::string functionName(const std::string& demangled) {
  size_t begin = 0;
  int depth = 0;
  for (size_t at = 0; at < demangled.size(); ++at) {
    const char each = demangled[at];
    if (each == '<') ++depth;
    if (each == '>') --depth;
    if (depth > 0) continue;
    if (each == '(' && demangled.compare(at, 11, "(anonymous ") != 0) return demangled.substr(begin, at - begin);
    if (each == ' ' && demangled.compare(at, 11, " namespace)") != 0) begin = at + 1;
  }
  return demangled.substr(begin);
}

bool isNamed(const CubinKernel& kernel, const std::string& name) {
  return kernel.symbol == name || withoutSpaces(functionName(demangle(kernel.symbol))) == withoutSpaces(name);
}

std::string listed(const std::vector<CubinKernel>& kernels) {
  std::string text;
  for (const CubinKernel& kernel : kernels) text += (text.empty() ? "" : ", ") + functionName(demangle(kernel.symbol));
  return text;
}

// Sets the kernel or the sentence.
void choose(CompileResult& result, const std::string& name) {
  const auto stop = [&](std::string sentence, std::string remedy) {
    result.isCompiled = false;
    result.sentence = std::move(sentence);
    result.remedy = std::move(remedy);
  };
  if (result.kernels.empty()) return stop("The file has no kernel.", "Write one with __global__.");
  std::vector<CubinKernel> fitting;
  for (const CubinKernel& kernel : result.kernels) {
    if (name.empty() || isNamed(kernel, name)) fitting.push_back(kernel);
  }
  if (fitting.empty()) {
    return stop("The file has no kernel " + name + "; it has " + listed(result.kernels) + ".",
                "Name one of them. A template is made for the types you name, as in scale<float>.");
  }
  if (fitting.size() > 1) return stop("The file has several kernels: " + listed(fitting) + ".", "Name one of them.");
  result.kernel = fitting.front();
}

// An instance of a template exists only where somebody uses it: taking its address does.
std::string withInstance(const std::string& source, const std::string& name) {
  if (name.find('<') == std::string::npos) return source;
  return source + "\n#line 1 \"kernel name\"\nextern void* const hookanalyzerKernel; void* const hookanalyzerKernel = (void*)(" + name + ");\n";
}

bool lacksHeader(const std::string& log) {
  return log.find("could not open source file") != std::string::npos || log.find("cannot open source file") != std::string::npos;
}

void fill(CompileResult& result, std::string compiler, std::string log, std::string sentence, std::vector<uint8_t> cubin) {
  result.compiler = std::move(compiler);
  result.log = std::move(log);
  if (result.log.size() > kLogBytesMax) result.log.resize(kLogBytesMax);
  result.sentence = std::move(sentence);
  result.cubin = std::move(cubin);
  result.isCompiled = !result.cubin.empty();
  if (!result.isCompiled && result.sentence.empty()) result.sentence = "The source does not compile; the log says why.";
}

}  // namespace

CompilerPlaces readCompilerPlaces() { return {variable("HOOKANALYZER_NVRTC"), variable("HOOKANALYZER_NVCC"), variable("HOOKANALYZER_ROOT")}; }

CompileResult compileKernel(const CompileRequest& request, const CompilerPlaces& places) {
  CompileResult result;
  // Both compilers take a text that ends at its first zero.
  if (request.source.size() > kSourceBytesMax || request.source.find('\0') != std::string::npos) {
    result.sentence = "The source is no text of at most " + std::to_string(kSourceBytesMax >> 20) + " MiB.";
    return result;
  }
  const std::string fileName = plainName(request.fileName);
  const uint32_t architecture = request.computeMajor * 10 + request.computeMinor;
  const bool isInstance = request.kernelName.find('<') != std::string::npos;
  std::string wanted = request.kernelName;
  bool needsNvcc = true;
  Nvrtc nvrtc;
  if (nvrtc.load(toolkit::librariesToTry(places.nvrtcPath, places.root, "libnvrtc.so"))) {
    NvrtcOutcome outcome = nvrtc.compile(request.source, fileName, architecture, isInstance ? request.kernelName : "");
    if (!outcome.symbol.empty()) wanted = outcome.symbol;
    needsNvcc = !outcome.sentence.empty() || (!outcome.isCompiled && lacksHeader(outcome.log));
    fill(result, nvrtc.name(), std::move(outcome.log), std::move(outcome.sentence), std::move(outcome.cubin));
  }
  if (needsNvcc) {
    const std::string nvcc = findNvcc(places.nvccPath, places.root);
    if (!nvcc.empty()) {
      NvccOutcome outcome = compileByNvcc(nvcc, withInstance(request.source, request.kernelName), fileName, architecture);
      fill(result, nvcc, std::move(outcome.log), std::move(outcome.sentence), std::move(outcome.cubin));
    } else if (result.compiler.empty()) {
      result.sentence = "There is no CUDA compiler here: neither NVRTC nor nvcc was found.";
      result.remedy = "Install one, such as the package cuda-nvrtc-12-6 or cuda-nvcc-12-6 on JetPack 6.";
    }
  }
  if (!result.isCompiled) return result;
  result.kernels = readCubinKernels(result.cubin);
  choose(result, wanted);
  return result;
}

}  // namespace hka::addon
