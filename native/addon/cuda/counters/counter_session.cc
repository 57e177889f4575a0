#include "addon/cuda/counters/counter_session.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <utility>

#include "addon/cuda/primary_context.h"
#include "addon/cuda/counters/profiler_host.h"
#include "collector/cupti_library.h"
#include "collector/preflight.h"

namespace hka::addon {

using namespace cupti::range;

namespace {

// One more than is measured: CUPTI 13.0 leaves out what does not fit without counting it.
constexpr size_t kRangeCountMax = kMeasuredKernelCountMax + 1;

}  // namespace

// What was taken is given back in the reverse order, by the destructor and wherever opening stops.
class CounterSession::State {
 public:
  State(std::vector<std::string> metricNames, Environment environment) : names(std::move(metricNames)), environment_(std::move(environment)) {}
  ~State() { close(); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void open(int deviceIndex);
  CounterResult measure(const std::function<void()>& launch);

  const std::vector<std::string> names;
  std::optional<CounterProblem> problem;
  std::vector<CounterProblem> absent;
  size_t passCount = 0;

 private:
  bool loadCupti();
  bool openProfiler(int deviceIndex);
  bool readAvailability();
  bool chooseMetrics();
  bool enable();
  bool arm();
  void collect(CounterResult& result);
  void close();
  // True when the call succeeded; else keeps what it means as the problem.
  bool hold(const char* callName, int result);
  CounterProblem refusal(const char* callName, int result) const;

  Environment environment_;
  CuptiLibrary cupti_;
  RangeProfilerCalls calls_;
  PrimaryContext context_;
  bool isInitialized_ = false;
  std::string chipName_;
  std::vector<uint8_t> availability_;
  std::vector<std::string> presentNames_;
  std::vector<size_t> presentIndexes_;  // of `names`
  std::unique_ptr<ProfilerHost> host_;
  std::vector<uint8_t> config_;
  std::vector<uint8_t> counters_;
  void* profiler_ = nullptr;
};

CounterProblem CounterSession::State::refusal(const char* callName, int result) const {
  return counterRefusal(callName, result, cupti_.words(result), isTegra(environment_.root));
}

bool CounterSession::State::hold(const char* callName, int result) {
  if (result != cupti::kSuccess) problem = refusal(callName, result);
  return result == cupti::kSuccess;
}

void CounterSession::State::open(int deviceIndex) {
  if (loadCupti() && openProfiler(deviceIndex) && readAvailability() && chooseMetrics() && enable()) return;
  passCount = 0;
  close();
}

bool CounterSession::State::loadCupti() {
  const std::string consequence = "hardware counters are not measured";
  if (const char* injected = std::getenv("CUDA_INJECTION64_PATH"); injected != nullptr && *injected != '\0') {
    problem = {"rivalProfiler", std::string("This process runs with the CUDA tool ") + injected + ", and CUPTI serves only one; " + consequence + ".",
               "Start the measuring process without CUDA_INJECTION64_PATH."};
    return false;
  }
  std::string reason;
  if (!cupti_.load(environment_, reason)) {
    problem = {"cuptiNotFound", "CUPTI cannot be used: " + reason + "; " + consequence + ".",
               "Install CUPTI for this CUDA release, such as the package cuda-cupti-12-6 on JetPack 6."};
    return false;
  }
  const Preflight preflight = checkBeforeCupti(environment_, cupti_.cudaMajor(), consequence);
  if (!preflight.mayTrace) {
    const Finding& finding = preflight.findings.front();
    problem = {finding.code, finding.sentence, finding.remedy};
    return false;
  }
  if (!calls_.load(cupti_.library)) {
    problem = {"cuptiTooOld", "The CUPTI at " + cupti_.path + " is older than CUDA 12.6 and has no range profiler; " + consequence + ".",
               "Install CUPTI of CUDA 12.6 or newer, as JetPack 6.1 and later have it; JetPack 5 has none."};
    return false;
  }
  return true;
}

bool CounterSession::State::openProfiler(int deviceIndex) {
  if (!context_.open(deviceIndex)) {
    problem = {"noDevice", "CUDA device " + std::to_string(deviceIndex) + " cannot be opened; hardware counters are not measured.",
               "hookanalyzer doctor says which devices there are."};
    return false;
  }
  auto plain = recordOf<Plain>();
  if (!hold("cuptiProfilerInitialize", calls_.initialize(&plain))) return false;
  isInitialized_ = true;
  auto chip = recordOf<ChipName>();
  chip.deviceIndex = static_cast<size_t>(deviceIndex);
  if (!hold("cuptiDeviceGetChipName", calls_.getChipName(&chip))) return false;
  chipName_ = chip.name;
  return true;
}

bool CounterSession::State::readAvailability() {
  auto available = recordOf<Availability>();
  available.context = context_.handle();
  if (!hold("cuptiProfilerGetCounterAvailability", calls_.getAvailability(&available))) return false;
  availability_.assign(available.imageBytes, 0);
  available.image = availability_.data();
  return hold("cuptiProfilerGetCounterAvailability", calls_.getAvailability(&available));
}

// One name that the chip lacks spoils a whole host, so each is tried on a host of its own. CUPTI answers 1 or 17 for such a name,
// depending on its release.
bool CounterSession::State::chooseMetrics() {
  for (size_t index = 0; index < names.size(); ++index) {
    ProfilerHost trial(calls_, chipName_, availability_);
    if (!hold("cuptiProfilerHostInitialize", trial.result())) return false;
    const int result = trial.addMetrics({names[index]});
    if (result == kInvalidMetricName || result == kInvalidParameter) {
      absent.push_back(counterAbsence(names[index], chipName_));
      continue;
    }
    if (!hold("cuptiProfilerHostConfigAddMetrics", result)) return false;
    presentNames_.push_back(names[index]);
    presentIndexes_.push_back(index);
  }
  if (presentNames_.empty()) {
    problem = {"metricAbsent", "The chip " + chipName_ + " has none of the metrics asked for; hardware counters are not measured.", ""};
    return false;
  }
  host_ = std::make_unique<ProfilerHost>(calls_, chipName_, availability_);
  return hold("cuptiProfilerHostConfigAddMetrics", host_->addMetrics(presentNames_)) &&
         hold("cuptiProfilerHostGetConfigImage", host_->configure(config_, passCount));
}

bool CounterSession::State::enable() {
  auto enabled = recordOf<Enable>();
  enabled.context = context_.handle();
  if (!hold("cuptiRangeProfilerEnable", calls_.enable(&enabled))) return false;
  profiler_ = enabled.profiler;
  std::vector<const char*> pointers = namePointers(presentNames_);
  auto size = recordOf<CounterBytes>();
  size.profiler = profiler_;
  size.names = pointers.data();
  size.count = pointers.size();
  size.rangeCountMax = kRangeCountMax;
  size.nodeCountMax = kRangeCountMax;
  if (!hold("cuptiRangeProfilerGetCounterDataSize", calls_.getCounterBytes(&size))) return false;
  counters_.assign(size.bytes, 0);
  return true;
}

// Empty counters, and the profiler set to fill them: before each measurement, because a counter image keeps the ranges it has.
bool CounterSession::State::arm() {
  auto image = recordOf<CounterImage>();
  image.profiler = profiler_;
  image.bytes = counters_.size();
  image.image = counters_.data();
  if (!hold("cuptiRangeProfilerCounterDataImageInitialize", calls_.clearCounters(&image))) return false;
  auto configure = recordOf<Configure>(kConfigureBytes);
  configure.profiler = profiler_;
  configure.configBytes = config_.size();
  configure.config = config_.data();
  configure.counterBytes = counters_.size();
  configure.counters = counters_.data();
  configure.range = kAutoRange;
  configure.replay = kKernelReplay;
  configure.rangeCountMax = kRangeCountMax;
  configure.nestingCount = 1;
  configure.nestingMin = 1;
  return hold("cuptiRangeProfilerSetConfig", calls_.configure(&configure));
}

CounterResult CounterSession::State::measure(const std::function<void()>& launch) {
  CounterResult result;
  if (!problem && arm()) {
    auto start = recordOf<Ranged>();
    start.profiler = profiler_;
    auto stop = recordOf<Stop>(kStopBytes);
    stop.profiler = profiler_;
    if (hold("cuptiRangeProfilerStart", calls_.start(&start))) {
      int synchronized = 0;
      try {
        launch();
        synchronized = context_.synchronize();
      } catch (...) {
        static_cast<void>(calls_.stop(&stop));
        throw;
      }
      if (hold("cuptiRangeProfilerStop", calls_.stop(&stop)) && synchronized == 0) collect(result);
      if (synchronized != 0) {
        problem = {"kernelFailed", "A kernel failed while its counters were read (CUDA error " + std::to_string(synchronized) + ").",
                   "Run it without counters first."};
      }
    }
  }
  if (problem) result.problem = problem;
  return result;
}

void CounterSession::State::collect(CounterResult& result) {
  auto decode = recordOf<Decode>();
  decode.profiler = profiler_;
  if (!hold("cuptiRangeProfilerDecodeData", calls_.decode(&decode))) return;
  auto ranges = recordOf<RangeCount>();
  ranges.counters = counters_.data();
  ranges.counterBytes = counters_.size();
  if (!hold("cuptiRangeProfilerGetCounterDataInfo", calls_.getRangeCount(&ranges))) return;
  for (size_t range = 0; range < std::min(ranges.count, kMeasuredKernelCountMax); ++range) {
    constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
    std::vector<double> values(presentNames_.size(), kNothing);
    const int evaluated = host_->evaluate(counters_, range, presentNames_, values);
    if (evaluated != 0) result.problem = refusal("cuptiProfilerHostEvaluateToGpuValues", evaluated);
    std::vector<double>& row = result.kernels.emplace_back(names.size(), kNothing);
    for (size_t present = 0; present < values.size(); ++present) row[presentIndexes_[present]] = values[present];
  }
  if (ranges.count == 0) result.problem = {"nothingMeasured", "CUPTI saw no kernel while counters were read.", ""};
  if (ranges.count > kMeasuredKernelCountMax || decode.droppedCount > 0) {
    result.problem = {"tooManyKernels", "More than " + std::to_string(kMeasuredKernelCountMax) + " kernels ran at once; only the first were measured.",
                      "Measure fewer launches at once."};
  }
}

// A call that fails here fails because the context is gone; there is nobody to tell.
void CounterSession::State::close() {
  if (profiler_ != nullptr) {
    auto disable = recordOf<Ranged>();
    disable.profiler = std::exchange(profiler_, nullptr);
    static_cast<void>(calls_.disable(&disable));
  }
  host_.reset();
  if (std::exchange(isInitialized_, false)) {
    auto plain = recordOf<Plain>();
    static_cast<void>(calls_.deinitialize(&plain));
  }
}

CounterSession::CounterSession(int deviceIndex, std::vector<std::string> metricNames, const Environment& environment)
    : state_(std::make_unique<State>(std::move(metricNames), environment)) {
  state_->open(deviceIndex);
}
CounterSession::~CounterSession() = default;

const std::optional<CounterProblem>& CounterSession::problem() const { return state_->problem; }
const std::vector<CounterProblem>& CounterSession::absent() const { return state_->absent; }
const std::vector<std::string>& CounterSession::metricNames() const { return state_->names; }
size_t CounterSession::passCount() const { return state_->passCount; }
CounterResult CounterSession::measure(const std::function<void()>& launch) { return state_->measure(launch); }

}  // namespace hka::addon
