// Which API calls are worth a row.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace hka {

// Calls that frameworks make by the million and that say nothing about the program: cupti_runtime_cbid.h of CUDA 13.0. The numbers
// never change between releases.
inline constexpr uint32_t kChattyRuntimeCalls[] = {
    1,    // cudaDriverGetVersion
    2,    // cudaRuntimeGetVersion
    3,    // cudaGetDeviceCount
    10,   // cudaGetLastError
    11,   // cudaPeekAtLastError
    12,   // cudaGetErrorString
    15,   // cudaFuncGetAttributes
    16,   // cudaSetDevice
    17,   // cudaGetDevice
    151,  // cudaPointerGetAttributes
    200,  // cudaDeviceGetAttribute
    203,  // cudaStreamGetPriority
    207,  // cudaOccupancyMaxActiveBlocksPerMultiprocessor
    251,  // cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags
    317,  // cudaStreamIsCapturing
    324,  // cudaStreamGetCaptureInfo
    327,  // cudaThreadExchangeStreamCaptureMode
    409,  // cudaStreamGetCaptureInfo_v2
};

// Driver calls that start work on the device: a program that uses the driver interface has no runtime call for them.
inline constexpr uint32_t kDriverCalls[] = {
    307, 442,  // cuLaunchKernel, and for the per-thread default stream
    652, 653,  // cuLaunchKernelEx
    477, 478,  // cuLaunchCooperativeKernel
    514, 515,  // cuGraphLaunch
    243, 245,  // cuMemAlloc_v2, cuMemFree_v2
    598, 600,  // cuMemAllocAsync, cuMemFreeAsync
    371, 39,   // cuMemAllocManaged, cuMemHostAlloc
    276, 278, 280, 277, 279, 281,  // cuMemcpy HtoD, DtoH, DtoD, and asynchronous
    305, 306, 318, 319,            // cuMemcpy, cuMemcpyAsync, cuMemcpyPeer, cuMemcpyPeerAsync
    249, 251, 216, 220,            // cuMemsetD8, cuMemsetD32, and asynchronous
    126, 17, 121,                  // cuStreamSynchronize, cuCtxSynchronize, cuEventSynchronize
};

inline bool isWantedRuntimeCall(uint32_t call) {
  return std::find(std::begin(kChattyRuntimeCalls), std::end(kChattyRuntimeCalls), call) == std::end(kChattyRuntimeCalls);
}

inline bool isWantedDriverCall(uint32_t call) {
  return std::find(std::begin(kDriverCalls), std::end(kDriverCalls), call) != std::end(kDriverCalls);
}

}  // namespace hka
