// Asks the CUDA run-time how many blocks of each of these kernels an SM holds, for many launches, and prints what it answered as JSON
// lines: first what the device says of itself, then one line a launch. Nothing is launched.
#include <cstdint>
#include <cstdio>
#include <vector>

#include "check.h"

// kLive sums and their addresses are alive at once: about 24 registers for 4 of them, 246 for 72.
template <int kLive, int kStaticSharedBytes>
__global__ void live(float* values, int rounds) {
  __shared__ char staticShared[kStaticSharedBytes];
  float sums[kLive];
#pragma unroll
  for (int i = 0; i < kLive; ++i) sums[i] = values[i * rounds + threadIdx.x];
  for (int round = 0; round < rounds; ++round)
#pragma unroll
    for (int i = 0; i < kLive; ++i) sums[i] = sums[i] * sums[(i + 1) % kLive] + sums[(i + kLive / 2) % kLive];
  staticShared[threadIdx.x % kStaticSharedBytes] = static_cast<char>(rounds);
  __syncthreads();
#pragma unroll
  for (int i = 0; i < kLive; ++i) values[i * rounds + threadIdx.x] = sums[i] + staticShared[i % kStaticSharedBytes];
}

__global__ void plain(float* values, int) { values[threadIdx.x] *= 2; }

// Named barriers 0 to kCount - 1. Nobody waits at another's.
template <int kCount>
__global__ void barriers(float* values, int) {
  if constexpr (kCount >= 1) asm volatile("bar.sync 0;");
  if constexpr (kCount >= 4) asm volatile("bar.sync 1;\n\tbar.sync 2;\n\tbar.sync 3;");
  if constexpr (kCount >= 16)
    asm volatile(
        "bar.sync 4;\n\tbar.sync 5;\n\tbar.sync 6;\n\tbar.sync 7;\n\tbar.sync 8;\n\tbar.sync 9;\n\tbar.sync 10;\n\tbar.sync 11;\n\t"
        "bar.sync 12;\n\tbar.sync 13;\n\tbar.sync 14;\n\tbar.sync 15;");
  values[threadIdx.x] *= 2;
}

using Kernel = void (*)(float*, int);

struct Named {
  const char* name;
  Kernel kernel;
  int barriers;
};

#define LIVE(count, bytes) {"live<" #count ", " #bytes ">", live<count, bytes>, 1}

const Named kKernels[] = {
    {"plain", plain, 0},
    {"barriers<1>", barriers<1>, 1},
    {"barriers<4>", barriers<4>, 4},
    {"barriers<16>", barriers<16>, 16},
    LIVE(4, 16), LIVE(8, 16), LIVE(12, 16), LIVE(16, 16), LIVE(20, 16), LIVE(24, 16), LIVE(28, 16), LIVE(32, 16), LIVE(36, 16),
    LIVE(44, 16), LIVE(52, 16), LIVE(60, 16), LIVE(72, 16), LIVE(4, 1000), LIVE(4, 8192), LIVE(4, 20000), LIVE(4, 49152),
    LIVE(20, 5000), LIVE(36, 16384),
};

const int kThreads[] = {1, 32, 33, 64, 96, 128, 160, 192, 256, 288, 384, 512, 640, 768, 896, 1000, 1024};

void printDevice(const cudaDeviceProp& device) {
  std::printf(
      "{\"computeCapability\":\"%d.%d\",\"threadsPerSmMax\":%d,\"blocksPerSmMax\":%d,\"registersPerSm\":%d,\"registersPerBlockMax\":%d,"
      "\"sharedBytesPerSm\":%zu,\"sharedBytesPerBlockDefault\":%zu,\"sharedBytesPerBlockMax\":%zu,\"sharedReservedBytes\":%zu}\n",
      device.major, device.minor, device.maxThreadsPerMultiProcessor, device.maxBlocksPerMultiProcessor, device.regsPerMultiprocessor,
      device.regsPerBlock, device.sharedMemPerMultiprocessor, device.sharedMemPerBlock, device.sharedMemPerBlockOptin,
      device.reservedSharedMemPerBlock);
}

void printLaunch(const Named& named, const cudaFuncAttributes& attributes, int threads, int dynamicBytes) {
  int blocks = 0;
  const cudaError_t error =
      cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, named.kernel, threads, static_cast<size_t>(dynamicBytes));
  if (error != cudaSuccess) cudaGetLastError();  // said in the line, and not by the next call
  std::printf(
      "{\"kernel\":\"%s\",\"threadsPerBlock\":%d,\"registersPerThread\":%d,\"staticSharedBytes\":%zu,\"dynamicSharedBytes\":%d,"
      "\"dynamicSharedBytesMax\":%d,\"carveoutPercent\":%d,\"blockBarrierCount\":%d,\"threadsPerBlockMax\":%d,\"error\":\"%s\","
      "\"blocksPerSm\":%d}\n",
      named.name, threads, attributes.numRegs, attributes.sharedSizeBytes, dynamicBytes, attributes.maxDynamicSharedSizeBytes,
      attributes.preferredShmemCarveout, named.barriers, attributes.maxThreadsPerBlock, cudaGetErrorName(error), blocks);
}

void printKernel(const Named& named, const cudaDeviceProp& device) {
  cudaFuncAttributes attributes;
  CHECK(cudaFuncGetAttributes(&attributes, named.kernel));
  const int staticBytes = static_cast<int>(attributes.sharedSizeBytes);
  const int most = static_cast<int>(device.sharedMemPerBlockOptin) - staticBytes;
  CHECK(cudaFuncSetAttribute(named.kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, most));
  for (const int carveoutPercent : {-1, 0, 20, 50, 100}) {
    CHECK(cudaFuncSetAttribute(named.kernel, cudaFuncAttributePreferredSharedMemoryCarveout, carveoutPercent));
    CHECK(cudaFuncGetAttributes(&attributes, named.kernel));
    for (const int dynamicBytes : {0, 1, 1024, 7000, 16384, 40000, 65536, 100000, most})
      for (const int threads : kThreads)
        if (dynamicBytes <= most) printLaunch(named, attributes, threads, dynamicBytes);
  }
}

int main() {
  cudaDeviceProp device;
  CHECK(cudaGetDeviceProperties(&device, 0));
  printDevice(device);
  for (const Named& named : kKernels) printKernel(named, device);
}
