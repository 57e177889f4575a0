// One stream that is never idle: kernels of a known length, queued far ahead. Buffers of CUPTI then always hold a kernel that
// has not ended, so this shows how long a finished kernel waits in them. Prints the number of launches.
//   busy_stream KERNELS MICROSECONDS_EACH
#include "check.h"

__global__ void busyKernel(long long cycles) {
  const long long begin = clock64();
  while (clock64() - begin < cycles) {
  }
}

int main(int argumentCount, char** arguments) {
  const int kernelCount = argumentCount > 1 ? std::atoi(arguments[1]) : 500;
  const double microseconds = argumentCount > 2 ? std::atof(arguments[2]) : 5000;
  int clockKhz = 0;
  CHECK(cudaDeviceGetAttribute(&clockKhz, cudaDevAttrClockRate, 0));
  for (int launch = 0; launch < kernelCount; ++launch) {
    busyKernel<<<1, 1>>>(static_cast<long long>(microseconds * clockKhz / 1000.0));
  }
  CHECK(cudaGetLastError());
  CHECK(cudaDeviceSynchronize());
  std::printf("{\"launched\":%d}\n", kernelCount);
  return 0;
}
