// What it costs to mark launches with their batch: rounds of empty launches, in turn without a mark, with one mark around every 100, and with one
// around each. Prints microseconds a launch of the three, one line a round; the first round warms up and is not printed.
//   batch_cost LAUNCHES ROUNDS
#include <dlfcn.h>

#include <chrono>
#include <cstdint>

#include "check.h"

__global__ void emptyKernel() {}

namespace {

void (*pushBatch)(uint64_t) = nullptr;
void (*popBatch)() = nullptr;

// As native/addon/batch_mark.cc does.
void findCollector() {
  const char* path = std::getenv("CUDA_INJECTION64_PATH");
  void* library = path == nullptr ? nullptr : dlopen(path, RTLD_NOW | RTLD_NOLOAD);
  if (library == nullptr) return;
  pushBatch = reinterpret_cast<void (*)(uint64_t)>(dlsym(library, "HookAnalyzerPushBatch"));
  popBatch = reinterpret_cast<void (*)()>(dlsym(library, "HookAnalyzerPopBatch"));
}

double launchUs(int launchCount, int launchesInBatch) {
  CHECK(cudaDeviceSynchronize());
  const auto begin = std::chrono::steady_clock::now();
  for (int launch = 0; launch < launchCount; ++launch) {
    const bool isMarked = pushBatch != nullptr && launchesInBatch > 0;
    if (isMarked && launch % launchesInBatch == 0) pushBatch(static_cast<uint64_t>(launch / launchesInBatch) + 1);
    emptyKernel<<<1, 32>>>();
    if (isMarked && (launch + 1) % launchesInBatch == 0) popBatch();
  }
  CHECK(cudaDeviceSynchronize());
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
  CHECK(cudaGetLastError());
  return took.count() / launchCount;
}

}  // namespace

int main(int argumentCount, char** arguments) {
  const int launchCount = argumentCount > 1 ? std::atoi(arguments[1]) : 100000;
  const int roundCount = argumentCount > 2 ? std::atoi(arguments[2]) : 5;
  CHECK(cudaFree(nullptr));
  findCollector();
  for (int round = 0; round <= roundCount; ++round) {
    const int count = round == 0 ? 1000 : launchCount;
    const double plainUs = launchUs(count, 0);
    const double hundredUs = launchUs(count, 100);
    const double eachUs = launchUs(count, 1);
    if (round > 0) std::printf("%.4f %.4f %.4f\n", plainUs, hundredUs, eachUs);
  }
  return 0;
}
