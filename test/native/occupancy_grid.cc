// Prints what NVIDIA's cuda_occupancy.h answers for a grid of launches, one line a case; test/native/occupancy.test.ts names the columns
// and compares each case with shared/occupancy. The header is told only what a device reports about itself; units, sub-partitions, blocks of an SM,
// carve-outs and barriers it knows by compute capability. Compiled by any C++17 compiler, without a GPU or nvcc.
//   argument: how many drawn cases follow the regular ones
#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>

#include "cuda_occupancy.h"

namespace {

constexpr int kKib = 1024;

// What cudaGetDeviceProperties says, by the CUDA C++ Programming Guide's table of compute capabilities.
struct Device {
  int major;
  int minor;
  int threadsPerSm;
  int registersPerBlock;
  int sharedKibPerSm;
  int sharedKibPerBlockMax;
  int sharedReservedBytes;
};

constexpr Device kDevices[] = {
    {5, 3, 2048, 32768, 64, 48, 0},     {6, 2, 2048, 32768, 64, 48, 0},       {7, 2, 2048, 65536, 96, 96, 0},
    {7, 5, 1024, 65536, 64, 64, 0},     {8, 0, 2048, 65536, 164, 163, kKib},  {8, 6, 1536, 65536, 100, 99, kKib},
    {8, 7, 1536, 65536, 164, 163, kKib}, {8, 9, 1536, 65536, 100, 99, kKib},  {9, 0, 2048, 65536, 228, 227, kKib},
    {10, 0, 2048, 65536, 228, 227, kKib}, {11, 0, 1536, 65536, 228, 227, kKib}, {12, 0, 1536, 65536, 100, 99, kKib},
};

struct Case {
  int threads;
  int registers;
  int staticSharedBytes;
  int dynamicSharedBytes;
  int dynamicSharedBytesMax;
  int carveoutPercent;  // -1: no preference
  int barriers;
};

cudaOccDeviceProp propertiesOf(const Device& device) {
  cudaOccDeviceProp properties;
  properties.computeMajor = device.major;
  properties.computeMinor = device.minor;
  properties.maxThreadsPerBlock = 1024;
  properties.maxThreadsPerMultiprocessor = device.threadsPerSm;
  properties.regsPerBlock = device.registersPerBlock;
  properties.regsPerMultiprocessor = 65536;
  properties.warpSize = 32;
  properties.sharedMemPerBlock = 48 * kKib;
  properties.sharedMemPerMultiprocessor = static_cast<size_t>(device.sharedKibPerSm) * kKib;
  properties.numSms = 1;
  properties.sharedMemPerBlockOptin = static_cast<size_t>(device.sharedKibPerBlockMax) * kKib;
  properties.reservedSharedMemPerBlock = static_cast<size_t>(device.sharedReservedBytes);
  return properties;
}

// The header keeps the carve-out to itself; these are the steps of its shared memory limit, by its own functions.
long carveoutBytes(const cudaOccDeviceProp& properties, const cudaOccDeviceState& state, size_t allocatedBytes) {
  size_t bytes = 0;
  if (cudaOccSMemPerMultiprocessor(&bytes, &properties, &state) != CUDA_OCC_SUCCESS) return -1;
  if (bytes >= allocatedBytes || properties.computeMajor < 7) return static_cast<long>(bytes);
  bytes = allocatedBytes;
  if (cudaOccAlignUpShmemSizeVoltaPlus(&bytes, &properties) != CUDA_OCC_SUCCESS) return -1;
  return static_cast<long>(bytes);
}

// An older toolkit's header knows nothing of newer devices.
bool isKnown(const Device& device) {
  return device.major * 10 + device.minor <= __CUDA_OCC_MAJOR__ * 10 + __CUDA_OCC_MINOR__;
}

void print(const Device& device, const Case& launch) {
  const cudaOccDeviceProp properties = propertiesOf(device);
  cudaOccFuncAttributes attributes;
  attributes.maxThreadsPerBlock = INT_MAX;
  attributes.numRegs = launch.registers;
  attributes.sharedSizeBytes = static_cast<size_t>(launch.staticSharedBytes);
  attributes.shmemLimitConfig = FUNC_SHMEM_LIMIT_OPTIN;
  attributes.maxDynamicSharedSizeBytes = static_cast<size_t>(launch.dynamicSharedBytesMax);
  attributes.numBlockBarriers = launch.barriers;
  cudaOccDeviceState state;
  state.carveoutConfig = launch.carveoutPercent;
  cudaOccResult result;
  const cudaOccError error = cudaOccMaxActiveBlocksPerMultiprocessor(
      &result, &properties, &attributes, &state, launch.threads, static_cast<size_t>(launch.dynamicSharedBytes));
  if (error != CUDA_OCC_SUCCESS) {
    std::fprintf(stderr, "cuda_occupancy.h answers %d for compute capability %d.%d\n", error, device.major, device.minor);
    std::exit(1);
  }
  std::printf("%d.%d %d %d %d %d %d %d %d %d %d %d %d %d %d %u %d %zu %ld\n", device.major, device.minor, launch.threads,
              launch.registers, launch.staticSharedBytes, launch.dynamicSharedBytes, launch.dynamicSharedBytesMax,
              launch.carveoutPercent, launch.barriers, result.activeBlocksPerMultiprocessor, result.blockLimitWarps,
              result.blockLimitBlocks, result.blockLimitRegs, result.blockLimitSharedMem, result.blockLimitBarriers,
              result.limitingFactors, result.allocatedRegistersPerBlock, result.allocatedSharedMemPerBlock,
              result.activeBlocksPerMultiprocessor ? carveoutBytes(properties, state, result.allocatedSharedMemPerBlock) : 0L);
}

// Shared memory as static and dynamic bytes: at, just below and just above units, the default limit and the carve-outs.
constexpr int kShared[][2] = {{0, 0},       {1, 0},           {2048, 0},          {8192, 0},          {16384, 127},      {48 * kKib, 0},
                              {0, 48 * kKib}, {0, 48 * kKib + 1}, {1024, 62 * kKib}, {0, 96 * kKib}, {0, 99 * kKib}, {0, 99 * kKib + 1},
                              {128, 163 * kKib - 128}, {0, 163 * kKib + 1}, {0, 227 * kKib}, {0, 228 * kKib}};

void printRegular(const Device& device) {
  for (const int threads : {1, 32, 33, 64, 96, 128, 160, 256, 288, 384, 512, 640, 768, 1000, 1024, 1025})
    for (const int registers : {0, 1, 16, 24, 32, 40, 41, 64, 65, 96, 128, 168, 255, 257})
      for (const auto& [staticBytes, dynamicBytes] : kShared)
        for (const int carveoutPercent : {-1, 0, 50, 100})
          print(device, {threads, registers, staticBytes, dynamicBytes, dynamicBytes, carveoutPercent, 1});
}

// A linear congruential generator (Knuth's MMIX constants): the same cases on every machine.
class Draw {
 public:
  int upTo(int most) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<int>((state_ >> 33) % static_cast<uint64_t>(most + 1));
  }

 private:
  uint64_t state_ = 2026;
};

void printDrawn(long count) {
  Draw draw;
  constexpr int kDeviceCount = sizeof(kDevices) / sizeof(kDevices[0]);
  for (long i = 0; i < count; ++i) {
    const Device& device = kDevices[draw.upTo(kDeviceCount - 1)];
    Case launch{};
    launch.threads = 1 + draw.upTo(1055);
    launch.registers = draw.upTo(255);
    // Most kernels take little shared memory; the limits are where the rest is.
    const int sharedBytesMax = draw.upTo(1) ? 8 * kKib : device.sharedKibPerSm * kKib;
    launch.staticSharedBytes = draw.upTo(1) ? draw.upTo(sharedBytesMax < 48 * kKib ? sharedBytesMax : 48 * kKib) : 0;
    launch.dynamicSharedBytes = draw.upTo(1) ? draw.upTo(sharedBytesMax) : 0;
    // Sometimes the attribute was not set high enough.
    launch.dynamicSharedBytesMax = draw.upTo(3) ? launch.dynamicSharedBytes : draw.upTo(sharedBytesMax);
    launch.carveoutPercent = draw.upTo(101) - 1;
    launch.barriers = draw.upTo(16);
    if (isKnown(device)) print(device, launch);
  }
}

}  // namespace

int main(int argumentCount, char** arguments) {
  for (const Device& device : kDevices)
    if (isKnown(device)) printRegular(device);
  printDrawn(argumentCount > 1 ? std::atol(arguments[1]) : 0);
}
