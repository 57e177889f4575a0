#include "kernels/conv/conv_gemm.cuh"

namespace hka::kernels {

template <int kWindow, int kTile>
__global__ void __launch_bounds__(kConvGemmThreads, 2) conv_nhwc(ConvArguments conv, uint32_t pixelCount) {
  convGemm<kWindow, kTile, true>(conv, pixelCount);
}

cudaError_t launchConvNhwc(const ConvArguments& conv, cudaStream_t stream) {
  const Launch launch = convLaunch(conv);
  const auto start = [&](auto kernel) {
    kernel<<<cudaDim(launch.grid), cudaDim(launch.block), 0, stream>>>(conv, static_cast<uint32_t>(convPixels(conv)));
  };
  const bool isTile64 = conv.variant == ConvVariant::tile64;
  if (conv.window == 1) isTile64 ? start(conv_nhwc<1, 64>) : start(conv_nhwc<1, 128>);
  else isTile64 ? start(conv_nhwc<3, 64>) : start(conv_nhwc<3, 128>);
  return cudaGetLastError();
}

}  // namespace hka::kernels
