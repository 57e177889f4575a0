#include "tensorrt/v10/build.h"

#include <unistd.h>

#include <memory>

#include "tensorrt/log_words.h"
#include "tensorrt/problem.h"
#include "tensorrt/v10/build_options.h"
#include "tensorrt/v10/log.h"
#include "tensorrt/v10/progress.h"

namespace hka::tensorrt::v10 {
namespace {

using nvonnxparser::ErrorCode;

std::unique_ptr<nvinfer1::IBuilder> makeBuilder(const Libraries& libraries, Log& log) {
  // The library's own version, not the headers': see tensorrt_10.h.
  std::unique_ptr<nvinfer1::IBuilder> builder(static_cast<nvinfer1::IBuilder*>(libraries.createBuilder(&log, libraries.version.number)));
  if (builder == nullptr) throw buildProblem(log.takeErrors());
  if (libraries.initPlugins != nullptr) static_cast<void>(libraries.initPlugins(&log, ""));
  return builder;
}

const char* wordOf(const char* text) { return text == nullptr ? "" : text; }

bool isUnsupported(ErrorCode code) { return code >= ErrorCode::kUNSUPPORTED_GRAPH && code <= ErrorCode::kUNSUPPORTED_NODE_SHAPE; }

// The first error names the node; the rest are mostly its consequences.
Problem parserProblem(const std::string& path, const nvonnxparser::IParser& parser) {
  const int count = parser.getNbErrors();
  const nvonnxparser::IParserError* error = count > 0 ? parser.getError(0) : nullptr;
  if (error == nullptr) return {"modelForeign", path + " cannot be read as ONNX.", "Give an ONNX file."};
  const std::string words = sentenceOf(wordOf(error->desc()));
  if (error->code() == ErrorCode::kMODEL_DESERIALIZE_FAILED) return {"modelForeign", path + " is no ONNX file: " + words + ".", "Give an ONNX file."};
  const std::string operatorName = wordOf(error->nodeOperator());
  const std::string others = count > 1 ? " " + std::to_string(count - 1) + " more nodes have errors." : "";
  if (error->node() < 0 || operatorName.empty()) return {"modelRefused", "TensorRT cannot take this model: " + words + "." + others, "Export the model again."};
  const std::string name = wordOf(error->nodeName());
  const std::string node = "node " + std::to_string(error->node()) + (name.empty() ? "" : " (" + name + ")");
  if (isUnsupported(error->code())) {
    return {"unsupportedOperator", "TensorRT cannot run the operator " + operatorName + " of " + node + ": " + words + "." + others,
            "Export the model without it, or use the onnxruntime engine."};
  }
  return {"modelRefused", "TensorRT cannot take " + node + ", operator " + operatorName + ": " + words + "." + others, "Export the model again."};
}

// The parser holds the weights that the network points to, so it lives as long.
std::unique_ptr<nvonnxparser::IParser> parse(const Libraries& libraries, const std::string& path, nvinfer1::INetworkDefinition& network, Log& log) {
  if (libraries.createParser == nullptr) {
    throw Problem("parserMissing", "TensorRT's reader of ONNX files is not installed: libnvonnxparser.so.10 was not found.",
                  "Install it (libnvonnxparsers10 on a Jetson), or load a plan that was built already.");
  }
  if (access(path.c_str(), R_OK) != 0) throw Problem("modelMissing", "There is no readable file " + path + ".", "Check the path.");
  std::unique_ptr<nvonnxparser::IParser> parser(
      static_cast<nvonnxparser::IParser*>(libraries.createParser(&network, &log, NV_ONNX_PARSER_VERSION)));
  if (parser == nullptr) throw buildProblem(log.takeErrors());
  // By path and not by bytes: weights in files beside the model are found by it.
  if (!parser->parseFromFile(path.c_str(), static_cast<int>(nvinfer1::ILogger::Severity::kWARNING))) throw parserProblem(path, *parser);
  return parser;
}

Bytes bytesOf(const nvinfer1::IHostMemory* memory) {
  if (memory == nullptr) return {};
  const auto* start = static_cast<const uint8_t*>(memory->data());
  return {start, start + memory->size()};
}

Bytes serialize(const nvinfer1::ITimingCache* cache) {
  if (cache == nullptr) return {};
  return bytesOf(std::unique_ptr<nvinfer1::IHostMemory>(cache->serialize()).get());
}

}  // namespace

BuildOutcome build(const Libraries& libraries, const BuildOrder& order, const BuildListener& listener) {
  Log log(listener.onLog, order.logSeverityMax);
  Progress progress(listener);
  const auto builder = makeBuilder(libraries, log);
  const std::unique_ptr<nvinfer1::INetworkDefinition> network(builder->createNetworkV2(0));
  if (network == nullptr) throw buildProblem(log.takeErrors());
  const auto parser = parse(libraries, order.onnxPath, *network, log);
  // Before the configuration, which points to them.
  std::unique_ptr<CachedCalibration> calibration;
  std::unique_ptr<nvinfer1::ITimingCache> cache;
  const std::unique_ptr<nvinfer1::IBuilderConfig> config(builder->createBuilderConfig());
  if (config == nullptr) throw buildProblem(log.takeErrors());
  setOptions(order, *builder, *config);
  calibration = setCalibration(order, *network, *config);
  setProfiles(order, *network, *builder, *config);
  cache = mergeCaches(order.timingCaches, *config, log);
  if (cache != nullptr && !config->setTimingCache(*cache, false)) cache.reset();
  config->setProgressMonitor(&progress);

  static_cast<void>(log.takeErrors());  // of caches that were left out
  const std::unique_ptr<nvinfer1::IHostMemory> plan(builder->buildSerializedNetwork(*network, *config));
  if (listener.isCancelled && listener.isCancelled()) throw Problem("buildCancelled", "The build was cancelled.", "");
  if (plan == nullptr) throw buildProblem(log.takeErrors());
  BuildOutcome outcome;
  outcome.plan = bytesOf(plan.get());
  outcome.timingCache = serialize(config->getTimingCache());
  if (calibration != nullptr) outcome.calibrationCache = calibration->written();
  outcome.memory = log.buildMemory();
  return outcome;
}

Bytes mergeTimingCaches(const Libraries& libraries, const std::vector<Bytes>& caches) {
  Log log;
  const auto builder = makeBuilder(libraries, log);
  const std::unique_ptr<nvinfer1::IBuilderConfig> config(builder->createBuilderConfig());
  if (config == nullptr) throw buildProblem(log.takeErrors());
  return serialize(mergeCaches(caches, *config, log).get());
}

}  // namespace hka::tensorrt::v10
