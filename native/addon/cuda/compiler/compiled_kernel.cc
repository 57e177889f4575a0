#include "addon/cuda/compiler/compiled_kernel.h"

#include "addon/demangle.h"

namespace hka::addon {
namespace {

// CUfunction_attribute and CUdevice_attribute of cuda.h.
constexpr int kThreadsPerBlockMax = 0;
constexpr int kStaticSharedBytes = 1;
constexpr int kConstantBytes = 2;
constexpr int kLocalBytes = 3;
constexpr int kRegisterCount = 4;
constexpr int kDynamicSharedBytesMax = 8;
constexpr int kDeviceSharedBytesOptIn = 97;
constexpr int kNoBinaryForGpu = 209;

// The errors of a kernel that ran, from CUDA_ERROR_ILLEGAL_ADDRESS to CUDA_ERROR_LAUNCH_FAILED: after them nothing works in the context.
bool isContextLost(int result) { return result == 700 || result == 702 || result == 709 || result == 710 || (result >= 714 && result <= 719); }

uint32_t bytesOf(const KernelArgument& argument) {
  return std::visit([](const auto& value) { return static_cast<uint32_t>(sizeof(value)); }, argument);
}

}  // namespace

CompiledKernel::CompiledKernel(int deviceIndex, const CompileResult& compiled)
    : name_(demangle(compiled.kernel.symbol)), parameterBytes_(compiled.kernel.parameterBytes) {
  if (!compiled.isCompiled) throw KernelError(compiled.sentence);
  if (!context_.open(deviceIndex)) throw KernelError("CUDA device " + std::to_string(deviceIndex) + " cannot be opened.");
  const bool isWhole = context_.find(loadModule_, "cuModuleLoadData") && context_.find(unloadModule_, "cuModuleUnload") &&
                       context_.find(getFunction_, "cuModuleGetFunction") && context_.find(getAttribute_, "cuFuncGetAttribute") &&
                       context_.find(setAttribute_, "cuFuncSetAttribute") && context_.find(getDeviceAttribute_, "cuDeviceGetAttribute") &&
                       context_.find(launch_, "cuLaunchKernel") && context_.find(words_, "cuGetErrorString");
  if (!isWhole) throw KernelError("The CUDA driver here is too old: it lacks functions of CUDA 9.0.");
  load(compiled.cubin, compiled.kernel.symbol);
}

// What fails here fails because the context is lost, and the module with it.
CompiledKernel::~CompiledKernel() {
  if (module_ != nullptr && context_.select() == 0) static_cast<void>(unloadModule_(module_));
}

void CompiledKernel::check(int result, const char* what) const {
  if (result == 0) return;
  const char* text = nullptr;
  if (words_(result, &text) != 0 || text == nullptr) text = "no words for it";
  throw KernelError(std::string(what) + " " + name_ + ": CUDA answers \"" + text + "\" (" + std::to_string(result) + ")" +
                    (isContextLost(result) ? "; the process must end, because its CUDA context is lost." : "."));
}

void CompiledKernel::load(const std::vector<uint8_t>& cubin, const std::string& symbol) {
  check(context_.select(), "loading");
  const int loaded = loadModule_(&module_, cubin.data());
  if (loaded == kNoBinaryForGpu) throw KernelError("The compiled kernel " + name_ + " is for another compute capability than the device's.");
  check(loaded, "loading");
  try {
    check(getFunction_(&function_, module_, symbol.c_str()), "finding");
    readAttributes();
  } catch (...) {
    static_cast<void>(unloadModule_(module_));
    throw;
  }
}

void CompiledKernel::readAttributes() {
  const auto read = [this](int attribute) {
    int value = 0;
    check(getAttribute_(&value, attribute, function_), "asking about");
    return static_cast<uint32_t>(value);
  };
  attributes_.threadsPerBlockMax = read(kThreadsPerBlockMax);
  attributes_.staticSharedBytes = read(kStaticSharedBytes);
  attributes_.constantBytes = read(kConstantBytes);
  attributes_.localBytes = read(kLocalBytes);
  attributes_.registerCount = read(kRegisterCount);
  int sharedBytes = 0;
  check(getDeviceAttribute_(&sharedBytes, kDeviceSharedBytesOptIn, context_.device()), "asking about");
  attributes_.dynamicSharedBytesMax = static_cast<uint32_t>(sharedBytes) - attributes_.staticSharedBytes;
}

void CompiledKernel::checkArguments(const std::vector<KernelArgument>& arguments) const {
  if (arguments.size() != parameterBytes_.size()) {
    throw KernelError(name_ + " takes " + std::to_string(parameterBytes_.size()) + " arguments, but " + std::to_string(arguments.size()) + " were given.");
  }
  for (size_t index = 0; index < arguments.size(); ++index) {
    if (bytesOf(arguments[index]) == parameterBytes_[index]) continue;
    throw KernelError("Argument " + std::to_string(index + 1) + " of " + name_ + " has " + std::to_string(parameterBytes_[index]) + " bytes, but " +
                      std::to_string(bytesOf(arguments[index])) + " were given.");
  }
}

void CompiledKernel::allowShared(uint32_t dynamicSharedBytes) {
  if (dynamicSharedBytes > attributes_.dynamicSharedBytesMax) {
    throw KernelError(name_ + " can have at most " + std::to_string(attributes_.dynamicSharedBytesMax) + " bytes of dynamic shared memory here, but " +
                      std::to_string(dynamicSharedBytes) + " were asked for.");
  }
  if (dynamicSharedBytes + attributes_.staticSharedBytes <= allowedSharedBytes_) return;
  check(setAttribute_(function_, kDynamicSharedBytesMax, static_cast<int>(dynamicSharedBytes)), "more shared memory for");
  allowedSharedBytes_ = dynamicSharedBytes + attributes_.staticSharedBytes;
}

void CompiledKernel::launch(void* stream, const kernels::Dim3& grid, const kernels::Dim3& block, uint32_t dynamicSharedBytes,
                            const std::vector<KernelArgument>& arguments) {
  const uint64_t threadCount = uint64_t{block.x} * block.y * block.z;
  if (grid.x == 0 || grid.y == 0 || grid.z == 0 || threadCount == 0) throw KernelError("A launch of " + name_ + " needs at least one block of one thread.");
  if (block.x > attributes_.threadsPerBlockMax || block.y > attributes_.threadsPerBlockMax || threadCount > attributes_.threadsPerBlockMax) {
    throw KernelError(name_ + " can run " + std::to_string(attributes_.threadsPerBlockMax) + " threads a block, but more were asked for.");
  }
  checkArguments(arguments);
  check(context_.select(), "launching");
  allowShared(dynamicSharedBytes);
  std::vector<void*> pointers;
  for (const KernelArgument& argument : arguments) {
    pointers.push_back(std::visit([](const auto& value) { return const_cast<void*>(static_cast<const void*>(&value)); }, argument));
  }
  check(launch_(function_, grid.x, grid.y, grid.z, block.x, block.y, block.z, dynamicSharedBytes, stream, pointers.data(), nullptr), "launching");
}

void CompiledKernel::synchronize() { check(context_.synchronize(), "running"); }

}  // namespace hka::addon
