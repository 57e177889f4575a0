#include "tensorrt/log_words.h"

#include <charconv>
#include <cstring>
#include <optional>

namespace hka::tensorrt {
namespace {

const char kFreeMemory[] = "Close other programs or models, or build with a smaller maximum shape, and load it again; what is loaded already goes on.";

// The words stand in public issues: NVIDIA/TensorRT 2176 and 2177 (device), 574 (version). "expecting" is what is here, "got" the plan's own.
const std::vector<std::string> kOtherVersion = {"not compatible with this version of TensorRT, expecting library version "};
const std::vector<std::string> kOtherDevice = {"generated on an incompatible device, expecting compute "};
const std::vector<std::string> kOtherTag = {"stdVersionRead == ", "kSERIALIZATION_VERSION", "ersion tag does not match", "incompatible serialization version"};
const std::vector<std::string> kNoPlan = {"magicTagRead == ", "agic tag does not match"};
const std::vector<std::string> kHostCode = {"version compatible", "version-compatible", "setEngineHostCodeAllowed", "host code"};
const std::vector<std::string> kOutOfMemory = {"out of memory", "OutOfMemory", "could not be allocated", "insufficient memory"};
const std::vector<std::string> kNoTactic = {"ould not find any implementation for node "};

// What stands behind the first of `words` that a line has.
std::optional<std::string> behind(const std::vector<std::string>& lines, const std::vector<std::string>& words) {
  for (const std::string& line : lines) {
    for (const std::string& each : words) {
      const size_t place = line.find(each);
      if (place != std::string::npos) return line.substr(place + each.size());
    }
  }
  return std::nullopt;
}

// The number with dots that `text` begins with: "8.7" of "8.7 got compute 7.2".
std::string versionAt(const std::string& text) {
  return sentenceOf(text.substr(0, text.find_first_not_of("0123456789.")));
}

// The same behind a word of `text`.
std::string versionBehind(const std::string& text, const std::string& word) {
  const size_t place = text.find(word);
  return place == std::string::npos ? "another one" : versionAt(text.substr(place + word.size()));
}

}  // namespace

std::string sentenceOf(std::string line) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '.' || line.back() == ' ')) line.pop_back();
  return line;
}

void readMemoryLine(const std::string& line, BuildMemory& memory) {
  struct Figure {
    const char* words;
    int64_t BuildMemory::*bytes;
  };
  constexpr Figure kFigures[] = {{"Total Weights Memory: ", &BuildMemory::weightsBytes},
                                 {"Total Activation Memory: ", &BuildMemory::activationsBytes},
                                 {"Max Scratch Memory: ", &BuildMemory::workspaceBytes},
                                 {"Total Scratch Memory: ", &BuildMemory::workspaceBytes}};
  for (const Figure& figure : kFigures) {
    const size_t wordBytes = std::strlen(figure.words);
    if (line.compare(0, wordBytes, figure.words) != 0) continue;
    int64_t bytes = 0;
    const auto [end, error] = std::from_chars(line.data() + wordBytes, line.data() + line.size(), bytes);
    if (error == std::errc() && bytes >= 0) memory.*figure.bytes = bytes;
  }
}

bool tellsOutOfMemory(const std::vector<std::string>& errorLines) { return behind(errorLines, kOutOfMemory).has_value(); }

Problem loadProblem(const std::vector<std::string>& errorLines, const std::string& ownVersion) {
  const std::string rebuild = "Build the plan again on this device with its own TensorRT.";
  if (const auto words = behind(errorLines, kOtherVersion)) {
    return {"planOtherVersion", "The plan was built by TensorRT " + versionBehind(*words, "got ") + ", and here is TensorRT " + versionAt(*words) + ".", rebuild};
  }
  if (const auto words = behind(errorLines, kOtherDevice)) {
    return {"planOtherDevice",
            "The plan was built for a GPU of compute capability " + versionBehind(*words, "got compute ") + ", and here is one of " + versionAt(*words) + ".",
            rebuild};
  }
  if (tellsOutOfMemory(errorLines)) return {"outOfMemory", "There is not enough GPU memory to load the plan.", kFreeMemory};
  if (behind(errorLines, kNoPlan)) {
    return {"planForeign", "The file is no plan of TensorRT.", "Give a plan that was built from the model, or build it."};
  }
  if (behind(errorLines, kOtherTag)) {
    return {"planOtherVersion", "The plan was built by another version of TensorRT or for another platform; here is TensorRT " + ownVersion + ".", rebuild};
  }
  if (behind(errorLines, kHostCode)) {
    return {"planHostCode", "The plan is version-compatible and brings code of its own, which was not allowed to run.",
            "Allow it when you trust where the plan comes from, or build it without version compatibility."};
  }
  if (errorLines.empty()) return {"planRefused", "TensorRT refuses the plan and does not say why.", rebuild};
  return {"planRefused", "TensorRT refuses the plan: " + sentenceOf(errorLines.front()) + ".", rebuild};
}

Problem buildProblem(const std::vector<std::string>& errorLines) {
  if (const auto node = behind(errorLines, kNoTactic)) {
    return {"noTactic", "TensorRT has no implementation for " + node->substr(0, node->find_last_not_of(".) ") + 1) + " within these limits.",
            "Raise the workspace limit, allow FP16, or free memory while it builds."};
  }
  if (tellsOutOfMemory(errorLines)) return {"outOfMemory", "There was not enough GPU memory to build the plan.", kFreeMemory};
  if (errorLines.empty()) return {"buildFailed", "TensorRT builds no plan and does not say why.", "Build it with the verbose log."};
  return {"buildFailed", "TensorRT builds no plan: " + sentenceOf(errorLines.back()) + ".", "The build log says more."};
}

}  // namespace hka::tensorrt
