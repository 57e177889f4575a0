#include "addon/batch_mark.h"

#include <dlfcn.h>

#include <cstdlib>

namespace hka::addon {
namespace {

// Exported by native/collector/injection.cc.
struct Collector {
  void (*push)(uint64_t batch) = nullptr;
  void (*pop)() = nullptr;
};

Collector collectorOf(void* library) {
  Collector found;
  found.push = reinterpret_cast<void (*)(uint64_t)>(dlsym(library, "HookAnalyzerPushBatch"));
  found.pop = reinterpret_cast<void (*)()>(dlsym(library, "HookAnalyzerPopBatch"));
  return found.push != nullptr && found.pop != nullptr ? found : Collector{};
}

// The driver loads it for itself alone, so it is asked for by the name that the driver was given; never loaded by us.
Collector findCollector() {
  const char* path = std::getenv("CUDA_INJECTION64_PATH");
  if (path == nullptr || *path == 0) return {};
  void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
  return library == nullptr ? Collector{} : collectorOf(library);
}

// Looked for once: whoever marks batches has started CUDA.
const Collector& collector() {
  static const Collector found = findCollector();
  return found;
}

}  // namespace

void pushBatch(uint64_t batch) noexcept {
  if (collector().push != nullptr) collector().push(batch);
}

void popBatch() noexcept {
  if (collector().pop != nullptr) collector().pop();
}

}  // namespace hka::addon
