#include "addon/cuda/cublas_library.h"

#include <cuda_runtime_api.h>
#include <dlfcn.h>

#include <cstdlib>
#include <tuple>
#include <vector>

#include "addon/compute_device.h"

namespace hka::addon {
namespace {

// cublas_api.h and library_types.h.
constexpr int kNoTranspose = 0;             // CUBLAS_OP_N
constexpr int kDefaultMath = 0;             // CUBLAS_DEFAULT_MATH
constexpr int kHalf = 2;                    // CUDA_R_16F
constexpr int kFloat = 0;                   // CUDA_R_32F
constexpr int kComputeFloat = 68;           // CUBLAS_COMPUTE_32F
constexpr int kDefaultAlgorithm = -1;       // CUBLAS_GEMM_DEFAULT

// The release that belongs to the runtime the addon was built with first, as it fits the driver most surely.
std::vector<std::string> fileNames() {
  constexpr int kOwnMajor = CUDART_VERSION / 1000;
  std::vector<std::string> names = {"libcublas.so." + std::to_string(kOwnMajor)};
  for (const int major : {13, 12, 11}) {
    if (major != kOwnMajor) names.push_back("libcublas.so." + std::to_string(major));
  }
  return names;
}

// "" is wherever the loader looks: its cache, LD_LIBRARY_PATH.
std::vector<std::string> folders() {
  std::vector<std::string> found = {""};
  for (const char* variable : {"CUDA_PATH", "CUDA_HOME"}) {
    if (const char* root = std::getenv(variable); root != nullptr && *root != '\0') found.push_back(std::string(root) + "/lib64/");
  }
  for (const char* folder : {"lib64", "targets/aarch64-linux/lib", "targets/sbsa-linux/lib", "targets/x86_64-linux/lib"}) {
    found.push_back(std::string("/usr/local/cuda/") + folder + "/");
  }
  return found;
}

void checkCublas(int status, const char* callName) {
  if (status == 0) return;
  throw DeviceError(std::string(callName) + ": cuBLAS answers status " + std::to_string(status) + ".");
}

}  // namespace

CublasLibrary& CublasLibrary::instance() {
  static CublasLibrary library;
  return library;
}

CublasLibrary::CublasLibrary() {
  for (const std::string& name : fileNames()) {
    for (const std::string& folder : folders()) {
      if (load(folder + name)) return;
    }
  }
  missingReason_ = "There is no cuBLAS on this machine: libcublas.so.13, .12 and .11 are neither where the loader looks nor in /usr/local/cuda.";
}

bool CublasLibrary::load(const std::string& path) {
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return false;
  const auto find = [&](auto& function, const char* name) {
    function = reinterpret_cast<std::decay_t<decltype(function)>>(dlsym(library, name));
    return function != nullptr;
  };
  return find(create_, "cublasCreate_v2") && find(setStream_, "cublasSetStream_v2") && find(setMathMode_, "cublasSetMathMode") &&
         find(sgemm_, "cublasSgemm_v2") && find(gemmEx_, "cublasGemmEx");
}

void* CublasLibrary::handleFor(void* stream) {
  if (!missingReason_.empty()) throw DeviceError(missingReason_);
  int device = 0;
  if (cudaGetDevice(&device) != cudaSuccess) throw DeviceError("cublas: CUDA has no current device.");
  void*& handle = handles_[{device, stream}];
  if (handle == nullptr) {
    void* made = nullptr;
    checkCublas(create_(&made), "cublasCreate");
    checkCublas(setMathMode_(made, kDefaultMath), "cublasSetMathMode");
    checkCublas(setStream_(made, stream), "cublasSetStream");
    handle = made;
  }
  return handle;
}

// cuBLAS counts columns first: what it sees of a row-major matrix is its transpose, and Cᵀ = Bᵀ · Aᵀ.
void CublasLibrary::sgemm(void* stream, uint32_t rows, uint32_t columns, uint32_t depth, const float* a, const float* b, float* c) {
  constexpr float kOne = 1;
  constexpr float kZero = 0;
  const auto [m, n, k] = std::tuple(static_cast<int>(columns), static_cast<int>(rows), static_cast<int>(depth));
  checkCublas(sgemm_(handleFor(stream), kNoTranspose, kNoTranspose, m, n, k, &kOne, b, m, a, k, &kZero, c, m), "cublasSgemm");
}

void CublasLibrary::hgemm(void* stream, uint32_t rows, uint32_t columns, uint32_t depth, const void* a, const void* b, void* c,
                          bool isFloatOutput) {
  constexpr float kOne = 1;
  constexpr float kZero = 0;
  const auto [m, n, k] = std::tuple(static_cast<int>(columns), static_cast<int>(rows), static_cast<int>(depth));
  checkCublas(gemmEx_(handleFor(stream), kNoTranspose, kNoTranspose, m, n, k, &kOne, b, kHalf, m, a, kHalf, k, &kZero, c,
                      isFloatOutput ? kFloat : kHalf, m, kComputeFloat, kDefaultAlgorithm),
              "cublasGemmEx");
}

}  // namespace hka::addon
