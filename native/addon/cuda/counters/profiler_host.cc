#include "addon/cuda/counters/profiler_host.h"

namespace hka::addon {

using namespace cupti::range;

std::vector<const char*> namePointers(const std::vector<std::string>& names) {
  std::vector<const char*> pointers;
  for (const std::string& name : names) pointers.push_back(name.c_str());
  return pointers;
}

ProfilerHost::ProfilerHost(const RangeProfilerCalls& calls, const std::string& chipName, const std::vector<uint8_t>& availability)
    : calls_(calls) {
  auto open = recordOf<HostOpen>();
  open.kind = kHostKindRange;
  open.chipName = chipName.c_str();
  open.availability = availability.empty() ? nullptr : availability.data();
  result_ = calls_.openHost(&open);
  if (result_ == 0) host_ = open.host;
}

ProfilerHost::~ProfilerHost() {
  if (host_ == nullptr) return;
  auto close = recordOf<HostClose>();
  close.host = host_;
  static_cast<void>(calls_.closeHost(&close));
}

int ProfilerHost::addMetrics(const std::vector<std::string>& names) {
  if (result_ != 0) return result_;
  std::vector<const char*> pointers = namePointers(names);
  auto metrics = recordOf<HostMetrics>();
  metrics.host = host_;
  metrics.names = pointers.data();
  metrics.count = pointers.size();
  return calls_.addMetrics(&metrics);
}

int ProfilerHost::configure(std::vector<uint8_t>& image, size_t& passCount) {
  if (result_ != 0) return result_;
  auto size = recordOf<HostConfigBytes>();
  size.host = host_;
  if (const int result = calls_.getConfigBytes(&size)) return result;
  image.assign(size.bytes, 0);
  auto config = recordOf<HostConfig>();
  config.host = host_;
  config.bytes = image.size();
  config.image = image.data();
  if (const int result = calls_.getConfig(&config)) return result;
  auto passes = recordOf<HostPasses>();
  passes.bytes = image.size();
  passes.image = image.data();
  const int result = calls_.getPassCount(&passes);
  passCount = passes.passCount;
  return result;
}

int ProfilerHost::evaluate(const std::vector<uint8_t>& counters, size_t rangeIndex, const std::vector<std::string>& names,
                           std::vector<double>& values) {
  if (result_ != 0) return result_;
  std::vector<const char*> pointers = namePointers(names);
  auto wanted = recordOf<HostValues>();
  wanted.host = host_;
  wanted.counters = counters.data();
  wanted.counterBytes = counters.size();
  wanted.rangeIndex = rangeIndex;
  wanted.names = pointers.data();
  wanted.count = pointers.size();
  std::vector<double> found(names.size());
  wanted.values = found.data();
  const int result = calls_.evaluate(&wanted);
  if (result == 0) values = std::move(found);
  return result;
}

}  // namespace hka::addon
