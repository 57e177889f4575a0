// libnvinfer.so.10 of the fake: what TensorRT exports by C name. An object that is alive at the end ends the program with code 5.
#include <atomic>
#include <cstdlib>

#include "builder.h"
#include "network.h"

#define PUBLIC extern "C" __attribute__((visibility("default")))

namespace fake {
namespace {

struct Population {
  std::atomic<int> aliveCount{0};
  ~Population() {
    if (aliveCount != 0) fail("objects were not deleted");
  }
} population;

}  // namespace

Counted::Counted() { ++population.aliveCount; }
Counted::~Counted() { --population.aliveCount; }

int version() {
  const char* text = std::getenv("FAKE_TENSORRT_VERSION");
  return text == nullptr ? 101600 : std::atoi(text);
}
const char* compute() {
  const char* text = std::getenv("FAKE_COMPUTE");
  return text == nullptr ? "8.7" : text;
}
int dlaCoreCount() {
  const char* text = std::getenv("FAKE_DLA_CORES");
  return text == nullptr ? 0 : std::atoi(text);
}

}  // namespace fake

PUBLIC int getInferLibVersion() { return fake::version(); }
PUBLIC void* createInferBuilder_INTERNAL(void* logger, int version) {
  return version == fake::version() ? fake::makeBuilder(*static_cast<nvinfer1::ILogger*>(logger)) : nullptr;
}
PUBLIC void* createInferRuntime_INTERNAL(void* logger, int version) {
  return version == fake::version() ? fake::makeRuntime(*static_cast<nvinfer1::ILogger*>(logger)) : nullptr;
}
