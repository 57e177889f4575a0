__global__ void broken(float* values, int count) {
  int unused;
  const int index = blockIdx.x * blockDim.x + threadIdx.x;
  if (index < cuont) values[index] = 1.0f;
  values[0] = 2.0f
}
