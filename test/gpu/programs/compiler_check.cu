// Runs kernels of a user as the addon does, without Node; what compile_check.cu shows is taken as right.
//   compiler_check run FILE    own_kernels/scale.cu on device 0: results, attributes, refused launches
//   compiler_check trap FILE   a kernel that traps: sentences, and the program ends by itself
#include <fstream>
#include <functional>
#include <iterator>
#include <numeric>
#include <vector>

#include "addon/cuda/compiler/compiled_kernel.h"
#include "check.h"
#include "json_line.h"

namespace {

using check::JsonLine;
using namespace hka::addon;

constexpr unsigned kCount = 1000;

std::string readFile(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

CompileResult compile(const char* path, const std::string& kernelName, uint32_t major, uint32_t minor) {
  CompileRequest request;
  request.source = readFile(path);
  request.fileName = path;
  request.kernelName = kernelName;
  request.computeMajor = major;
  request.computeMinor = minor;
  return compileKernel(request, readCompilerPlaces());
}

CompileResult compileHere(const char* path, const std::string& kernelName) {
  int major = 0;
  int minor = 0;
  CHECK(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, 0));
  CHECK(cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, 0));
  return compile(path, kernelName, static_cast<uint32_t>(major), static_cast<uint32_t>(minor));
}

// What an attempt throws; empty when it throws nothing.
std::string sentenceOf(const std::function<void()>& attempt) {
  try {
    attempt();
  } catch (const KernelError& error) {
    return error.what();
  }
  return "";
}

// One launch of a kernel on 0, 1, 2, …, and how many answers are not `expected`.
void runOne(const char* path, const std::string& kernelName, const std::vector<KernelArgument>& more, uint32_t dynamicSharedBytes,
            const std::function<float(unsigned)>& expected) {
  const CompileResult compiled = compileHere(path, kernelName);
  CompiledKernel kernel(0, compiled);
  std::vector<float> host(1024);
  std::iota(host.begin(), host.end(), 0.0f);
  float* values = nullptr;
  CHECK(cudaMalloc(&values, host.size() * sizeof(float)));
  CHECK(cudaMemcpy(values, host.data(), host.size() * sizeof(float), cudaMemcpyHostToDevice));
  std::vector<KernelArgument> arguments = {static_cast<void*>(values)};
  arguments.insert(arguments.end(), more.begin(), more.end());
  kernel.launch(nullptr, {8, 1, 1}, {128, 1, 1}, dynamicSharedBytes, arguments);
  kernel.synchronize();
  CHECK(cudaMemcpy(host.data(), values, host.size() * sizeof(float), cudaMemcpyDeviceToHost));
  CHECK(cudaFree(values));
  unsigned wrongCount = 0;
  for (unsigned index = 0; index < host.size(); ++index) wrongCount += !(host[index] == expected(index));
  const KernelAttributes& attributes = kernel.attributes();
  JsonLine(kernelName)
      .text("name", kernel.name())
      .text("compiler", compiled.compiler)
      .number("wrongCount", wrongCount)
      .number("registerCount", attributes.registerCount)
      .number("staticSharedBytes", attributes.staticSharedBytes)
      .number("localBytes", attributes.localBytes)
      .number("threadsPerBlockMax", attributes.threadsPerBlockMax)
      .number("dynamicSharedBytesMax", attributes.dynamicSharedBytesMax)
      .print();
}

void refusals(const char* path) {
  CompiledKernel kernel(0, compileHere(path, "scale"));
  float* values = nullptr;
  CHECK(cudaMalloc(&values, sizeof(float)));
  const std::vector<KernelArgument> good = {static_cast<void*>(values), 2.0f, 1u};
  const auto sentence = [&](uint32_t threads, uint32_t sharedBytes, const std::vector<KernelArgument>& arguments) {
    return sentenceOf([&] { kernel.launch(nullptr, {1, 1, 1}, {threads, 1, 1}, sharedBytes, arguments); });
  };
  JsonLine("refusals")
      .text("good", sentence(32, 0, good))
      .text("tooFewArguments", sentence(32, 0, {static_cast<void*>(values)}))
      .text("wrongSize", sentence(32, 0, {1.0f, 2.0f, 1u}))
      .text("noThreads", sentence(0, 0, good))
      .text("tooManyThreads", sentence(2048, 0, good))
      .text("tooMuchShared", sentence(32, 1u << 20, good))
      .text("muchShared", sentence(32, kernel.attributes().dynamicSharedBytesMax, good))
      .text("otherDevice", sentenceOf([&] { CompiledKernel other(99, compileHere(path, "scale")); }))
      .text("otherChip", sentenceOf([&] { CompiledKernel other(0, compile(path, "scale", 7, 5)); }))
      .text("after", sentenceOf([&] { kernel.synchronize(); }))
      .print();
  CHECK(cudaFree(values));
}

void runAll(const char* path) {
  runOne(path, "scale", {3.0f, kCount}, 0, [](unsigned index) { return index < kCount ? 3.0f * index : 1.0f * index; });
  runOne(path, "addStep<5>", {static_cast<int32_t>(kCount)}, 0, [](unsigned index) { return index < kCount ? index + 5.0f : 1.0f * index; });
  runOne(path, "space::reverseBlock", {}, 128 * sizeof(float), [](unsigned index) { return index / 128 * 128 + 127.0f - index % 128; });
  refusals(path);
}

void trap(const char* path) {
  const CompileResult compiled = compileHere(path, "");
  std::string first;
  std::string second;
  {
    CompiledKernel kernel(0, compiled);
    float* values = nullptr;
    CHECK(cudaMalloc(&values, 32 * sizeof(float)));
    const auto run = [&] {
      kernel.launch(nullptr, {1, 1, 1}, {32, 1, 1}, 0, {static_cast<void*>(values)});
      kernel.synchronize();
    };
    first = sentenceOf(run);
    second = sentenceOf(run);
  }
  const std::string third = sentenceOf([&] { CompiledKernel again(0, compiled); });
  JsonLine("trap").text("first", first).text("second", second).text("third", third).print();
}

}  // namespace

int main(int count, char** words) {
  const std::string mode = count > 1 ? words[1] : "";
  if (mode == "run" && count == 3) {
    runAll(words[2]);
  } else if (mode == "trap" && count == 3) {
    trap(words[2]);
  } else {
    return 2;
  }
  return 0;
}
