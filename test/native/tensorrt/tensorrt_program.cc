// Drives the adapter by words: each command is followed by its `key=value` words and prints JSON lines. A Problem is a line too, and the next
// command goes on. Commands: build, merge, load, infer, layers, inspect, memory, allocations, close.
#include <dlfcn.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>

#include "tensorrt/adapter.h"

using namespace hka::tensorrt;

namespace {

using Options = std::multimap<std::string, std::string>;

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char each : text) {
    if (each == '"' || each == '\\') out += '\\';
    out += each == '\n' ? ' ' : each;
  }
  return out + "\"";
}

Bytes read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}
void write(const std::string& path, const Bytes& bytes) {
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

Shape shapeFrom(const std::string& text) {
  Shape shape;
  std::istringstream words(text);
  for (std::string word; std::getline(words, word, 'x');) shape.push_back(std::stoll(word));
  return shape;
}

std::string textOf(const Shape& shape) {
  std::string text = "[";
  for (const int64_t each : shape) text += (text.size() == 1 ? "" : ",") + std::to_string(each);
  return text + "]";
}

std::string one(const Options& options, const std::string& key, const std::string& fallback = "") {
  const auto found = options.find(key);
  return found == options.end() ? fallback : found->second;
}

// "images:1x3:2x3:4x3,mask:1:1:1" is one profile.
Profile profileFrom(const std::string& text) {
  Profile profile;
  std::istringstream ranges(text);
  for (std::string range; std::getline(ranges, range, ',');) {
    std::istringstream words(range);
    ShapeRange made;
    std::string min, best, max;
    std::getline(words, made.input, ':');
    std::getline(words, min, ':');
    std::getline(words, best, ':');
    std::getline(words, max, ':');
    made.min = shapeFrom(min);
    made.best = shapeFrom(best);
    made.max = shapeFrom(max);
    profile.push_back(made);
  }
  return profile;
}

BuildOrder orderFrom(const Options& options) {
  BuildOrder order;
  order.onnxPath = one(options, "model");
  const std::string precision = one(options, "precision", "fp32");
  order.precision = precision == "int8" ? Precision::int8 : precision == "fp16" ? Precision::fp16 : Precision::fp32;
  if (options.count("calibration") > 0) order.calibrationCache = read(one(options, "calibration"));
  order.usesSparsity = options.count("sparsity") > 0;
  if (options.count("dla") > 0) order.dlaCore = std::stoi(one(options, "dla"));
  const auto [first, last] = options.equal_range("profile");
  for (auto each = first; each != last; ++each) order.profiles.push_back(profileFrom(each->second));
  const auto [firstCache, lastCache] = options.equal_range("timing");
  for (auto each = firstCache; each != lastCache; ++each) order.timingCaches.push_back(read(each->second));
  order.workspaceBytesMax = std::stoull(one(options, "workspace", "0"));
  order.optimizationLevel = std::stoi(one(options, "level", "3"));
  order.isVersionCompatible = options.count("compatible") > 0;
  order.logSeverityMax = options.count("verbose") > 0 ? LogSeverity::verbose : LogSeverity::note;
  return order;
}

void build(Adapter& adapter, const Options& options) {
  const int cancelAt = std::stoi(one(options, "cancelAt", "1000000"));
  std::atomic<int> stepCount{0};
  BuildListener listener;
  listener.onLog = [](LogSeverity severity, const std::string& text) {
    std::printf("{\"log\":%d,\"text\":%s}\n", static_cast<int>(severity), quoted(text).c_str());
  };
  listener.onProgress = [&](const std::string& phase, const std::string& parent, int32_t step, int32_t count, bool isFinished) {
    ++stepCount;
    std::printf("{\"phase\":%s,\"parent\":%s,\"step\":%d,\"stepCount\":%d,\"isFinished\":%s}\n", quoted(phase).c_str(), quoted(parent).c_str(), step,
                count, isFinished ? "true" : "false");
  };
  listener.isCancelled = [&] { return stepCount >= cancelAt; };
  const BuildOutcome outcome = adapter.build(orderFrom(options), listener, 0);
  write(one(options, "plan"), outcome.plan);
  if (options.count("timingOut") > 0) write(one(options, "timingOut"), outcome.timingCache);
  if (options.count("calibrationOut") > 0) write(one(options, "calibrationOut"), outcome.calibrationCache);
  const BuildMemory& memory = outcome.memory;
  std::printf("{\"built\":%zu,\"weightsBytes\":%ld,\"activationsBytes\":%ld,\"workspaceBytes\":%ld}\n", outcome.plan.size(), memory.weightsBytes,
              memory.activationsBytes, memory.workspaceBytes);
}

std::unique_ptr<Engine> load(Adapter& adapter, const Options& options) {
  LoadOrder order;
  order.plan = read(one(options, "plan"));
  order.allowsHostCode = options.count("hostCode") > 0;
  order.capturesGraphs = options.count("noGraphs") == 0;
  if (options.count("dla") > 0) order.dlaCore = std::stoi(one(options, "dla"));
  order.device = std::stoi(one(options, "device", "0"));
  auto engine = adapter.load(std::move(order));
  std::string tensors;
  for (const TensorFacts& each : engine->facts().tensors) {
    tensors += (tensors.empty() ? "" : ",") + quoted(std::string(each.isInput ? "in " : "out ") + each.name + " " + textOf(each.shape));
  }
  std::string profiles;
  for (const Profile& profile : engine->facts().profiles) {
    for (const ShapeRange& each : profile) profiles += (profiles.empty() ? "" : ",") + quoted(each.input + " " + textOf(each.min) + textOf(each.best) + textOf(each.max));
  }
  std::printf("{\"loaded\":%s,\"tensors\":[%s],\"profiles\":[%s],\"layerCount\":%d}\n", quoted(engine->facts().name).c_str(), tensors.c_str(), profiles.c_str(),
              engine->facts().layerCount);
  return engine;
}

// Every option is an input, filled with 1, but `profiled`, which asks for layer times.
void infer(Engine& engine, const Options& options) {
  std::vector<InputValues> inputs;
  std::vector<std::vector<float>> values;
  for (const auto& [name, shape] : options) {
    if (name == "profiled") continue;
    size_t count = 1;
    for (const int64_t each : shapeFrom(shape)) count *= static_cast<size_t>(each);
    values.emplace_back(count, 1.0F);
    inputs.push_back({name, shapeFrom(shape), nullptr, count * sizeof(float)});
  }
  for (size_t index = 0; index < inputs.size(); ++index) inputs[index].address = values[index].data();
  const InferOutcome outcome = engine.infer(inputs, options.count("profiled") > 0);
  std::string text;
  for (const OutputValues& output : outcome.outputs) {
    text += (text.empty() ? "" : ",") + quoted(output.name) + ":{\"shape\":" + textOf(output.shape) + ",\"values\":[";
    for (size_t index = 0; index + 4 <= output.bytes.size(); index += 4) {
      float value = 0;
      __builtin_memcpy(&value, &output.bytes[index], sizeof(value));
      text += (index == 0 ? "" : ",") + std::to_string(static_cast<int>(value));
    }
    text += "]}";
  }
  std::printf("{\"outputs\":{%s},\"isGraph\":%s,\"refusal\":%s,\"isTimed\":%s}\n", text.c_str(), outcome.isGraph ? "true" : "false",
              quoted(engine.graphRefusal()).c_str(), outcome.startHostNs > 0 ? "true" : "false");
}

void print(Engine& engine, const std::string& command) {
  if (command == "inspect") std::printf("%s\n", engine.inspect().c_str());
  if (command == "memory") {
    const EngineMemory memory = engine.memory();
    std::printf("{\"weightsBytes\":%ld,\"areWeightsExact\":%s,\"activationsBytes\":%ld}\n", memory.weightsBytes, memory.areWeightsExact ? "true" : "false",
                memory.activationsBytes);
  }
  if (command == "layers") {
    for (const LayerTime& each : engine.layerTimes()) std::printf("{\"layer\":%s,\"meanNs\":%.0f,\"count\":%lu}\n", quoted(each.name).c_str(), each.meanNs, each.count);
  }
}

void run(const std::string& command, const Options& options, Adapter& adapter, std::map<std::string, std::unique_ptr<Engine>>& engines, std::string& last) {
  if (command == "build") return build(adapter, options);
  if (command == "load") {
    auto engine = load(adapter, options);
    last = one(options, "plan");
    engines[last] = std::move(engine);
    return;
  }
  if (command == "close") {
    engines.erase(last);
    return;
  }
  if (command == "merge") {
    std::vector<Bytes> caches;
    for (const auto& [key, path] : options) {
      if (key == "timing") caches.push_back(read(path));
    }
    const Bytes merged = adapter.mergeTimingCaches(caches);
    std::printf("{\"merged\":%s}\n", quoted(std::string(merged.begin(), merged.end())).c_str());
    return;
  }
  if (command == "allocations") {
    void* driver = dlopen("libcuda.so.1", RTLD_NOW);
    std::printf("{\"allocationCount\":%d}\n", reinterpret_cast<int (*)()>(dlsym(driver, "fakeAllocationCount"))());
    return;
  }
  Engine& engine = *engines.at(last);
  if (command == "infer") return infer(engine, options);
  print(engine, command);
}

}  // namespace

int main(int count, char** words) {
  std::map<std::string, std::unique_ptr<Engine>> engines;
  std::string last;
  std::unique_ptr<Adapter> adapter;
  for (int index = 1; index < count;) {
    const std::string command = words[index++];
    Options options;
    for (; index < count; ++index) {
      const std::string word = words[index];
      const size_t equals = word.find('=');
      if (equals == std::string::npos) break;
      options.emplace(word.substr(0, equals), word.substr(equals + 1));
    }
    try {
      if (adapter == nullptr) {
        adapter = openAdapter("");
        std::printf("{\"version\":%s}\n", quoted(adapter->version()).c_str());
      }
      run(command, options, *adapter, engines, last);
    } catch (const Problem& problem) {
      std::printf("{\"problem\":%s,\"sentence\":%s,\"remedy\":%s}\n", quoted(problem.code()).c_str(), quoted(problem.what()).c_str(), quoted(problem.remedy()).c_str());
      if (adapter == nullptr) return 0;
    }
  }
  return 0;
}
