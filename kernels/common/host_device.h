// For functions that a kernel and its CPU twin share, so that both take the same element from the same place.
#pragma once

#if defined(__CUDACC__)
#define HKA_HOST_DEVICE __host__ __device__
#else
#define HKA_HOST_DEVICE
#endif
