// The launchers of the single ideas, one a file; launchGemm() of gemm_cuda.h chooses among them.
#pragma once

#include "kernels/common/cuda_dim.h"
#include "kernels/gemm/gemm_cuda.h"

namespace hka::kernels {

void launchGemmNaive(const GemmArguments& gemm, cudaStream_t stream);
void launchGemmTile(const GemmArguments& gemm, cudaStream_t stream);
void launchGemmRegister(const GemmArguments& gemm, cudaStream_t stream);
void launchGemmVector(const GemmArguments& gemm, cudaStream_t stream);
void launchGemmDouble(const GemmArguments& gemm, cudaStream_t stream);
// What keeps the kernel from its shared memory, if anything does.
cudaError_t launchGemmWarpWide(const GemmArguments& gemm, cudaStream_t stream);
cudaError_t launchGemmWarpSliced(const GemmArguments& gemm, cudaStream_t stream);
// Both kernels of split-K.
cudaError_t launchGemmSplit(const GemmArguments& gemm, cudaStream_t stream);

}  // namespace hka::kernels
