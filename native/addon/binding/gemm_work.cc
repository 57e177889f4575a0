#include "addon/binding/work_makers.h"
#include "addon/cpu/gemm_twin.h"
#include "kernels/gemm/gemm_reference.h"
#ifdef HAVE_CUDA
#include "kernels/cuda_launchers.h"
#endif

namespace hka::addon {

Work gemmWork(const WorkArguments& arguments) {
  kernels::GemmArguments gemm;
  gemm.rows = arguments.size("rows", 1, kSideMax);
  gemm.columns = arguments.size("columns", 1, kSideMax);
  gemm.depth = arguments.size("depth", 1, kSideMax);
  constexpr uint32_t kTiles[] = {8, 16, 32};
  gemm.tile = kTiles[arguments.wordOr("variant", {"tile_8", "tile_16", "tile_32"}, 1)];
  gemm.a = arguments.memory<float>("a", {gemm.rows, gemm.depth});
  gemm.b = arguments.memory<float>("b", {gemm.depth, gemm.columns});
  gemm.c = arguments.memory<float>("c", {gemm.rows, gemm.columns});
  Work work;
  work.stages = {{kernels::gemmLaunch(gemm), gemmTwin(gemm)}};
  work.flops = kernels::gemmFlops(gemm);
  work.bytes = kernels::gemmBytes(gemm);
  work.reference = [gemm] { kernels::gemmReference(gemm); };
#ifdef HAVE_CUDA
  work.start = [gemm](void* stream) { return kernels::launchGemm(gemm, static_cast<cudaStream_t>(stream)); };
#endif
  return work;
}

}  // namespace hka::addon
