// Every CUDA call of the test programs is checked: exit code 3 and one line on a failure.
#pragma once

#include <cuda_runtime.h>

#include <cstdio>
#include <cstdlib>

#define CHECK(call)                                                                              \
  do {                                                                                           \
    const cudaError_t result_ = (call);                                                          \
    if (result_ != cudaSuccess) {                                                                \
      std::fprintf(stderr, "%s:%d %s: %s\n", __FILE__, __LINE__, #call, cudaGetErrorString(result_)); \
      std::exit(3);                                                                              \
    }                                                                                            \
  } while (false)
