#include "addon/binding/work_makers.h"

namespace hka::addon {
namespace {

struct Family {
  std::string name;
  Work (*make)(const WorkArguments&);
  std::vector<std::string> variants;
};

const std::vector<Family>& families() {
  static const std::vector<Family> all = {
      {"conv3x3", convWork, {}},
      {"gemm", gemmWork, gemmVariants()},
      {"gemm_half", gemmHalfWork, gemmHalfVariants()},
      {"relu", reluWork, {}},
      {"softmax", softmaxWork, {}},
  };
  return all;
}

}  // namespace

std::vector<std::string> kernelVariants(const std::string& kernel) {
  for (const Family& family : families()) {
    if (kernel == family.name) return family.variants;
  }
  return {};
}

Work makeWork(const std::string& kernel, const WorkArguments& arguments) {
  for (const Family& family : families()) {
    if (kernel != family.name) continue;
    Work work = family.make(arguments);
    for (const Stage& stage : work.stages) {
      if (!kernels::isGridTooLarge(stage.launch)) continue;
      throw DeviceError(kernel + ": the sizes need more than 65535 blocks in y or z, which no CUDA device has.");
    }
    return work;
  }
  std::string names;
  for (const Family& family : families()) names += (names.empty() ? "" : ", ") + family.name;
  throw DeviceError("launch: there is no kernel family \"" + kernel + "\"; there are " + names + ".");
}

}  // namespace hka::addon
