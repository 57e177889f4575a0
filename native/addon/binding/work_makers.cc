#include "addon/binding/work_makers.h"

#include "addon/binding/family_words.h"
#include "kernels/ceiling/ceiling.h"
#include "kernels/conv/conv.h"
#include "kernels/elementwise/elementwise.h"
#include "kernels/heartbeat/heartbeat.h"
#include "kernels/nms/nms.h"
#include "kernels/preprocess/preprocess.h"
#include "kernels/softmax/softmax.h"

namespace hka::addon {
namespace {

struct Family {
  std::string name;
  Work (*make)(const WorkArguments&);
  std::vector<std::string> variants;
};

const std::vector<Family>& families() {
  static const std::vector<Family> all = {
      {"ceiling", ceilingWork, {}},
      {"conv", convWork, wordsOf(kernels::kConvVariants)},
      {"conv_half", convHalfWork, convHalfVariants()},
      {"elementwise", elementwiseWork, wordsOf(kernels::kElementwiseVariants)},
      {"gemm", gemmWork, gemmVariants()},
      {"gemm_half", gemmHalfWork, gemmHalfVariants()},
      {"heartbeat", heartbeatWork, wordsOf(kernels::kHeartbeatVariants)},
      {"nms", nmsWork, wordsOf(kernels::kNmsVariants)},
      {"preprocess", preprocessWork, wordsOf(kernels::kPreprocessVariants)},
      {"softmax", softmaxWork, wordsOf(kernels::kSoftmaxVariants)},
      {"tensor", tensorWork, {}},
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
