// Small kernels at a steady pace for some seconds: what the tests switch kinds on and off under. Prints the number of launches.
//   paced SECONDS LAUNCHES_PER_SEC
#include <chrono>
#include <thread>

#include "check.h"

__global__ void pacedKernel(float* values) { values[threadIdx.x] += 1.0f; }

int main(int argumentCount, char** arguments) {
  const double seconds = argumentCount > 1 ? std::atof(arguments[1]) : 3;
  const double perSec = argumentCount > 2 ? std::atof(arguments[2]) : 1000;
  float* values = nullptr;
  CHECK(cudaMalloc(&values, 4096));
  const auto begin = std::chrono::steady_clock::now();
  long launched = 0;
  for (;;) {
    const double elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (elapsed > seconds) break;
    while (launched < elapsed * perSec) {
      pacedKernel<<<1, 32>>>(values);
      ++launched;
    }
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  CHECK(cudaDeviceSynchronize());
  std::printf("{\"launched\":%ld}\n", launched);
  return 0;
}
