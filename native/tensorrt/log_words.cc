#include "tensorrt/log_words.h"

#include <regex>

namespace hka::tensorrt {
namespace {

const char kFreeMemory[] = "Close other programs or models, or build with a smaller maximum shape, and load it again; what is loaded already goes on.";

// The words stand in public issues: NVIDIA/TensorRT 2176 and 2177 (device), 574 (version). "expecting" is what is here, "got" the plan's own.
const std::regex kOtherVersion("not compatible with this version of TensorRT, expecting library version ([0-9.]+) got ([0-9.]+)");
const std::regex kOtherDevice("generated on an incompatible device, expecting compute ([0-9.]+) got compute ([0-9.]+)");
const std::regex kOtherTag("stdVersionRead == |kSERIALIZATION_VERSION|[Vv]ersion tag does not match|incompatible serialization version|different (OS|platform)");
const std::regex kNoPlan("magicTagRead == |[Mm]agic tag does not match|not a (valid )?(TensorRT )?(engine )?plan");
const std::regex kHostCode("version.compatible|setEngineHostCodeAllowed|host code");
const std::regex kOutOfMemory("out of memory|OutOfMemory|could not be allocated|insufficient memory|cudaErrorMemoryAllocation");
const std::regex kNoTactic("[Cc]ould not find any implementation for node (.+?)[. ]*$");

bool matches(const std::vector<std::string>& lines, const std::regex& words, std::smatch& match) {
  for (const std::string& line : lines) {
    if (std::regex_search(line, match, words)) return true;
  }
  return false;
}

// A logged line as the end of a sentence of ours.
std::string sentenceOf(std::string line) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '.' || line.back() == ' ')) line.pop_back();
  return line;
}

}  // namespace

void readMemoryLine(const std::string& line, BuildMemory& memory) {
  static const std::regex words("^(?:Total|Max) (Weights|Activation|Scratch) Memory: ([0-9]{1,15})(?: bytes)?");
  std::smatch match;
  if (!std::regex_search(line, match, words)) return;
  const int64_t bytes = std::stoll(match[2]);
  if (match[1] == "Weights") memory.weightsBytes = bytes;
  if (match[1] == "Activation") memory.activationsBytes = bytes;
  if (match[1] == "Scratch") memory.workspaceBytes = bytes;
}

bool tellsOutOfMemory(const std::vector<std::string>& errorLines) {
  std::smatch match;
  return matches(errorLines, kOutOfMemory, match);
}

Problem loadProblem(const std::vector<std::string>& errorLines, const std::string& ownVersion) {
  std::smatch match;
  const std::string rebuild = "Build the plan again on this device with its own TensorRT.";
  if (matches(errorLines, kOtherVersion, match)) {
    return {"planOtherVersion", "The plan was built by TensorRT " + match[2].str() + ", and here is TensorRT " + match[1].str() + ".", rebuild};
  }
  if (matches(errorLines, kOtherDevice, match)) {
    return {"planOtherDevice", "The plan was built for a GPU of compute capability " + match[2].str() + ", and here is one of " + match[1].str() + ".", rebuild};
  }
  if (matches(errorLines, kOutOfMemory, match)) return {"outOfMemory", "There is not enough GPU memory to load the plan.", kFreeMemory};
  if (matches(errorLines, kNoPlan, match)) {
    return {"planForeign", "The file is no plan of TensorRT.", "Give a plan that was built from the model, or build it."};
  }
  if (matches(errorLines, kOtherTag, match)) {
    return {"planOtherVersion", "The plan was built by another version of TensorRT or for another platform; here is TensorRT " + ownVersion + ".", rebuild};
  }
  if (matches(errorLines, kHostCode, match)) {
    return {"planHostCode", "The plan is version-compatible and brings code of its own, which was not allowed to run.",
            "Allow it when you trust where the plan comes from, or build it without version compatibility."};
  }
  if (errorLines.empty()) return {"planRefused", "TensorRT refuses the plan and does not say why.", rebuild};
  return {"planRefused", "TensorRT refuses the plan: " + sentenceOf(errorLines.front()) + ".", rebuild};
}

Problem buildProblem(const std::vector<std::string>& errorLines) {
  std::smatch match;
  if (matches(errorLines, kNoTactic, match)) {
    return {"noTactic", "TensorRT has no implementation for " + match[1].str() + " within these limits.",
            "Raise the workspace limit, allow FP16, or free memory while it builds."};
  }
  if (matches(errorLines, kOutOfMemory, match)) return {"outOfMemory", "There was not enough GPU memory to build the plan.", kFreeMemory};
  if (errorLines.empty()) return {"buildFailed", "TensorRT builds no plan and does not say why.", "Build it with the verbose log."};
  return {"buildFailed", "TensorRT builds no plan: " + sentenceOf(errorLines.back()) + ".", "The build log says more."};
}

}  // namespace hka::tensorrt
