#include "addon/binding/work_makers.h"

namespace hka::addon {
namespace {

struct Family {
  const char* name;
  Work (*make)(const WorkArguments&);
};

constexpr Family kFamilies[] = {
    {"ceiling", ceilingWork},
    {"conv", convWork},
    {"elementwise", elementwiseWork},
    {"gemm", gemmWork},
    {"heartbeat", heartbeatWork},
    {"nms", nmsWork},
    {"preprocess", preprocessWork},
    {"softmax", softmaxWork},
};

}  // namespace

Work makeWork(const std::string& kernel, const WorkArguments& arguments) {
  for (const Family& family : kFamilies) {
    if (kernel != family.name) continue;
    Work work = family.make(arguments);
    for (const Stage& stage : work.stages) {
      if (!kernels::isGridTooLarge(stage.launch)) continue;
      throw DeviceError(kernel + ": the sizes need more than 65535 blocks in y or z, which no CUDA device has.");
    }
    return work;
  }
  std::string names;
  for (const Family& family : kFamilies) names += (names.empty() ? "" : ", ") + std::string(family.name);
  throw DeviceError("launch: there is no kernel family \"" + kernel + "\"; there are " + names + ".");
}

}  // namespace hka::addon
