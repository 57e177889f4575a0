// A program that holds CUPTI's only subscriber slot before CUDA starts, as another profiler would. Prints a checksum.
#include <dlfcn.h>

#include "check.h"

__global__ void addKernel(int* values) { values[threadIdx.x] += threadIdx.x; }

int main(int argumentCount, char** arguments) {
  using Subscribe = int (*)(void**, void*, void*);
  if (argumentCount > 1) {
    void* library = dlopen(arguments[1], RTLD_NOW | RTLD_GLOBAL);
    const auto subscribe = library ? reinterpret_cast<Subscribe>(dlsym(library, "cuptiSubscribe")) : nullptr;
    void* subscriber = nullptr;
    if (!subscribe || subscribe(&subscriber, nullptr, nullptr) != 0) {
      std::fprintf(stderr, "rival: cannot subscribe through %s\n", arguments[1]);
      return 3;
    }
  }
  int* values = nullptr;
  CHECK(cudaMalloc(&values, 32 * sizeof(int)));
  CHECK(cudaMemset(values, 0, 32 * sizeof(int)));
  for (int launch = 0; launch < 100; ++launch) addKernel<<<1, 32>>>(values);
  int host[32];
  CHECK(cudaMemcpy(host, values, sizeof(host), cudaMemcpyDeviceToHost));
  long sum = 0;
  for (const int value : host) sum += value;
  std::printf("checksum %ld\n", sum);
  return sum == 100L * 31 * 32 / 2 ? 0 : 4;
}
