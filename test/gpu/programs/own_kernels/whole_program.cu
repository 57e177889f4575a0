#include <cstdio>
#include <vector>

__global__ void fill(int* values, int value) { values[threadIdx.x] = value; }

int main() {
  int* values = nullptr;
  cudaMalloc(&values, 32 * sizeof(int));
  fill<<<1, 32>>>(values, 7);
  std::vector<int> host(32);
  cudaMemcpy(host.data(), values, 32 * sizeof(int), cudaMemcpyDeviceToHost);
  std::printf("%d\n", host[31]);
}
