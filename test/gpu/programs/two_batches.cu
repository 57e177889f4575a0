// Two threads, each with a stream and a kernel of its own, mark their launches at the same time: batch 1000 * thread + i + 1 has LAUNCHES of them, and
// behind each batch stands one launch that belongs to none.
//   two_batches BATCHES LAUNCHES
#include <dlfcn.h>

#include <cstdint>
#include <thread>

#include "check.h"

__global__ void firstKernel() {}
__global__ void secondKernel() {}

int main(int argumentCount, char** arguments) {
  const int batchCount = argumentCount > 1 ? std::atoi(arguments[1]) : 100;
  const int launchCount = argumentCount > 2 ? std::atoi(arguments[2]) : 10;
  CHECK(cudaFree(nullptr));
  const char* path = std::getenv("CUDA_INJECTION64_PATH");
  void* library = path == nullptr ? nullptr : dlopen(path, RTLD_NOW | RTLD_NOLOAD);
  if (library == nullptr) return 4;
  const auto push = reinterpret_cast<void (*)(uint64_t)>(dlsym(library, "HookAnalyzerPushBatch"));
  const auto pop = reinterpret_cast<void (*)()>(dlsym(library, "HookAnalyzerPopBatch"));
  if (push == nullptr || pop == nullptr) return 4;
  const auto run = [&](int thread) {
    cudaStream_t stream;
    CHECK(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
    const auto launch = [&] {
      if (thread == 0) firstKernel<<<1, 32, 0, stream>>>();
      else secondKernel<<<1, 32, 0, stream>>>();
    };
    for (int batch = 0; batch < batchCount; ++batch) {
      push(static_cast<uint64_t>(1000 * thread + batch + 1));
      for (int each = 0; each < launchCount; ++each) launch();
      pop();
      launch();
    }
    CHECK(cudaStreamSynchronize(stream));
  };
  std::thread other([&] { run(1); });
  run(0);
  other.join();
  return 0;
}
