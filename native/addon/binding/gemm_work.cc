#include <algorithm>

#include "addon/binding/work_makers.h"
#include "addon/cpu/gemm_twin.h"
#include "kernels/gemm/gemm_choice.h"
#include "kernels/gemm/gemm_reference.h"
#ifdef HAVE_CUDA
#include "addon/cuda/cublas_library.h"
#include "kernels/gemm/gemm_cuda.h"
#endif

namespace hka::addon {
namespace {

using kernels::GemmArguments;
using kernels::GemmIdea;
using kernels::kGemmVariantCount;
using kernels::kGemmVariants;

// Behind our own variants: the one that the shape asks for, and NVIDIA's library.
constexpr size_t kAuto = kGemmVariantCount;
constexpr size_t kCublas = kGemmVariantCount + 1;

// What `auto` stands for: split_k only where JavaScript gave it a workspace.
size_t chosenVariant(const WorkArguments& arguments, const kernels::GemmSize& size, uint32_t smCount) {
  const kernels::GemmChoice whole = kernels::gemmBestVariant(size, smCount);
  if (!arguments.has("workspace")) return whole.variant;
  const kernels::GemmChoice split = kernels::gemmBestSplit(size, smCount);
  return split.time < whole.time ? split.variant : whole.variant;
}

void checkSharedMemory(const WorkArguments& arguments, const GemmArguments& gemm) {
  const uint32_t bytesMax = arguments.facts().sharedBytesMax;
  const uint32_t bytes = kernels::gemmLaunch(gemm).dynamicSharedBytes;
  if (bytesMax == 0 || bytes <= bytesMax) return;
  throw DeviceError("gemm: " + std::string(kernels::variantOf(gemm).name) + " needs " + std::to_string(bytes) +
                    " bytes of shared memory a block; this device has " + std::to_string(bytesMax) + ".");
}

// A library's kernel has a name and a grid of its own, which only a recording tells.
void useCublas(const WorkArguments& arguments, const GemmArguments& gemm, Work& work) {
  if (arguments.facts().kind != "cuda") throw DeviceError("gemm: cublas runs on CUDA devices only.");
  work.stages = {{kernels::Launch{"cublasSgemm", {}, {}, 0, 0}, nullptr}};
#ifdef HAVE_CUDA
  const std::string& reason = CublasLibrary::instance().missingReason();
  if (!reason.empty()) throw DeviceError("gemm: " + reason);
  work.start = [gemm](void* stream) {
    CublasLibrary::instance().sgemm(stream, gemm.rows, gemm.columns, gemm.depth, gemm.a, gemm.b, gemm.c);
    return static_cast<int>(cudaGetLastError());
  };
#else
  static_cast<void>(gemm);
#endif
}

void useKernel(const GemmArguments& gemm, Work& work) {
  work.stages = {{kernels::gemmLaunch(gemm), gemmTwin(gemm)}};
  if (kernels::variantOf(gemm).idea == GemmIdea::kSplit) work.stages.push_back({kernels::gemmSumLaunch(gemm), gemmSumTwin(gemm)});
#ifdef HAVE_CUDA
  work.start = [gemm](void* stream) { return kernels::launchGemm(gemm, static_cast<cudaStream_t>(stream)); };
#endif
}

}  // namespace

std::vector<std::string> gemmVariants() {
  std::vector<std::string> words;
  for (const kernels::GemmVariant& variant : kGemmVariants) words.emplace_back(variant.name);
  words.emplace_back("auto");
  words.emplace_back("cublas");
  return words;
}

// rows, columns, depth; a, b and c in float32; `variant`, tile_16 when absent. split_k needs `workspace`, parts × rows × columns floats;
// `parts` is chosen when absent, and auto takes split_k into account where there is a workspace.
Work gemmWork(const WorkArguments& arguments) {
  GemmArguments gemm;
  gemm.rows = arguments.size("rows", 1, kSideMax);
  gemm.columns = arguments.size("columns", 1, kSideMax);
  gemm.depth = arguments.size("depth", 1, kSideMax);
  gemm.a = arguments.memory<float>("a", {gemm.rows, gemm.depth});
  gemm.b = arguments.memory<float>("b", {gemm.depth, gemm.columns});
  gemm.c = arguments.memory<float>("c", {gemm.rows, gemm.columns});
  const size_t variant = arguments.wordOr("variant", gemmVariants(), gemm.variant);
  Work work;
  work.flops = kernels::gemmFlops(gemm);
  work.bytes = kernels::gemmBytes(gemm);
  work.reference = [gemm] { kernels::gemmReference(gemm); };
  if (variant == kCublas) {
    useCublas(arguments, gemm, work);
    return work;
  }
  const kernels::GemmSize size{gemm.rows, gemm.columns, gemm.depth};
  const uint32_t smCount = std::max(arguments.facts().smCount, 1U);  // the reference's device has none
  gemm.variant = variant == kAuto ? chosenVariant(arguments, size, smCount) : variant;
  if (kernels::variantOf(gemm).idea == GemmIdea::kSplit) {
    gemm.parts = arguments.sizeOr("parts", 1, kernels::kGemmPartsMax, kernels::gemmBestSplit(size, smCount).parts);
    gemm.workspace = arguments.memory<float>("workspace", {gemm.parts, gemm.rows, gemm.columns});
  }
  checkSharedMemory(arguments, gemm);
  useKernel(gemm, work);
  return work;
}

}  // namespace hka::addon
