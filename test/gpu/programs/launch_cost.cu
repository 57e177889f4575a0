// Empty launches back to back: prints microseconds a launch, one line a round. The first round warms up and is not printed.
//   launch_cost LAUNCHES ROUNDS
#include <chrono>

#include "check.h"

__global__ void emptyKernel() {}

int main(int argumentCount, char** arguments) {
  const int launchCount = argumentCount > 1 ? std::atoi(arguments[1]) : 300000;
  const int roundCount = argumentCount > 2 ? std::atoi(arguments[2]) : 1;
  CHECK(cudaFree(nullptr));
  for (int round = 0; round <= roundCount; ++round) {
    const int count = round == 0 ? 1000 : launchCount;
    CHECK(cudaDeviceSynchronize());
    const auto begin = std::chrono::steady_clock::now();
    for (int launch = 0; launch < count; ++launch) emptyKernel<<<1, 32>>>();
    CHECK(cudaDeviceSynchronize());
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
    CHECK(cudaGetLastError());
    if (round > 0) std::printf("%.4f\n", took.count() / count);
  }
  return 0;
}
