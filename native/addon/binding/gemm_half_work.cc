#include "addon/binding/work_makers.h"
#include "addon/cpu/gemm_half_twin.h"
#include "kernels/gemm/gemm_half_reference.h"
#ifdef HAVE_CUDA
#include "addon/cuda/cublas_library.h"
#include "kernels/gemm/gemm_half_cuda.h"
#endif

namespace hka::addon {
namespace {

// Behind our own variants: NVIDIA's library.
constexpr size_t kCublas = kernels::kGemmHalfVariantCount;

// A library's kernel has a name and a grid of its own, which only a recording tells.
void useCublas(const WorkArguments& arguments, const kernels::GemmHalfArguments& gemm, Work& work) {
  if (arguments.facts().kind != "cuda") throw DeviceError("gemm_half: cublas runs on CUDA devices only.");
  work.stages = {{kernels::Launch{"cublasGemmEx", {}, {}, 0, 0}, nullptr}};
#ifdef HAVE_CUDA
  const std::string& reason = CublasLibrary::instance().missingReason();
  if (!reason.empty()) throw DeviceError("gemm_half: " + reason);
  work.start = [gemm](void* stream) {
    CublasLibrary::instance().hgemm(stream, gemm.rows, gemm.columns, gemm.depth, gemm.a, gemm.b, gemm.c, gemm.isFloatOutput);
    return static_cast<int>(cudaGetLastError());
  };
#else
  static_cast<void>(gemm);
#endif
}

// The sizes are asked of every device, so that a CPU refuses what the GPU would.
void checkVariant(const WorkArguments& arguments, const kernels::GemmHalfArguments& gemm) {
  const kernels::GemmHalfVariant& variant = kernels::gemmHalfVariant(gemm);
  const std::string begin = arguments.callName() + ": " + variant.word;
  const DeviceFacts& facts = arguments.facts();
  if (variant.isWgmma && !kernels::isGemmHalfAligned(gemm)) {
    throw DeviceError(begin + " needs a depth and columns that are multiples of 8, and addresses that are multiples of 16.");
  }
  if (facts.kind != "cuda") return;
  if (variant.isWgmma && (facts.computeMajor != 9 || facts.computeMinor != 0)) {
    throw DeviceError(begin + " needs compute capability 9.0; this device has " + std::to_string(facts.computeMajor) + "." +
                      std::to_string(facts.computeMinor) + ".");
  }
#ifndef HAVE_WGMMA
  if (variant.isWgmma) throw DeviceError(begin + " is not in this build: it needs nvcc 12.0 or later.");
#endif
  if (facts.computeMajor < 8) {
    throw DeviceError(begin + " needs compute capability 8.0 or later; this device has " + std::to_string(facts.computeMajor) + "." +
                      std::to_string(facts.computeMinor) + ".");
  }
  const uint32_t sharedBytes = kernels::gemmHalfLaunch(gemm).dynamicSharedBytes;
  if (sharedBytes > facts.sharedBytesMax) {
    throw DeviceError(begin + " needs " + std::to_string(sharedBytes) + " bytes of shared memory a block; this device has " +
                      std::to_string(facts.sharedBytesMax) + ".");
  }
}

}  // namespace

std::vector<std::string> gemmHalfVariants() {
  std::vector<std::string> words;
  for (const kernels::GemmHalfVariant& variant : kernels::kGemmHalfVariants) words.emplace_back(variant.word);
  words.emplace_back("cublas");
  return words;
}

Work gemmHalfWork(const WorkArguments& arguments) {
  kernels::GemmHalfArguments gemm;
  gemm.rows = arguments.size("rows", 1, kSideMax);
  gemm.columns = arguments.size("columns", 1, kSideMax);
  gemm.depth = arguments.size("depth", 1, kSideMax);
  const size_t variant = arguments.wordOr("variant", gemmHalfVariants(), kernels::kGemmHalfDefaultIndex);
  gemm.multiprocessorCount = arguments.facts().smCount;
  gemm.isFloatOutput = arguments.flagOr("isFloatOutput", false);
  gemm.a = arguments.memory<uint16_t>("a", {gemm.rows, gemm.depth});
  gemm.b = arguments.memory<uint16_t>("b", {gemm.depth, gemm.columns});
  if (gemm.isFloatOutput) gemm.c = arguments.memory<float>("c", {gemm.rows, gemm.columns});
  else gemm.c = arguments.memory<uint16_t>("c", {gemm.rows, gemm.columns});
  Work work;
  if (variant == kCublas) {
    work.flops = kernels::gemmHalfFlops(gemm);
    work.bytes = kernels::gemmHalfBytes(gemm);
    useCublas(arguments, gemm, work);
    return work;
  }
  gemm.variantIndex = static_cast<uint32_t>(variant);
  checkVariant(arguments, gemm);
  work.stages = {{kernels::gemmHalfLaunch(gemm), gemmHalfTwin(gemm)}};
  work.flops = kernels::gemmHalfFlops(gemm);
  work.bytes = kernels::gemmHalfBytes(gemm);
  work.reference = [gemm] { kernels::gemmHalfReference(gemm); };
#ifdef HAVE_CUDA
  work.start = [gemm](void* stream) { return kernels::launchGemmHalf(gemm, static_cast<cudaStream_t>(stream)); };
#endif
  return work;
}

}  // namespace hka::addon
