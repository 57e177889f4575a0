// Four kernels: plain, a template, one with shared memory of the launch's size, and one whose argument is no number.
extern "C" __global__ void scale(float* values, float factor, unsigned count) {
  const unsigned index = blockIdx.x * blockDim.x + threadIdx.x;
  if (index < count) values[index] *= factor;
}

template <int kStep>
__global__ void addStep(float* values, int count) {
  const int index = blockIdx.x * blockDim.x + threadIdx.x;
  if (index < count) values[index] += kStep;
}

namespace space {
__global__ void reverseBlock(float* values) {
  extern __shared__ float tile[];
  tile[threadIdx.x] = values[blockIdx.x * blockDim.x + threadIdx.x];
  __syncthreads();
  values[blockIdx.x * blockDim.x + threadIdx.x] = tile[blockDim.x - 1 - threadIdx.x];
}
}  // namespace space

struct Pair {
  float first;
  float second;
  float third;
};
__global__ void takesPair(float* values, Pair pair) { values[0] = pair.first + pair.third; }
