// Measures kernels whose counters are known, as the addon does, without Node. One JSON line a case.
//   counters_check          every case, on device 0
//   counters_check problem  opens a session and says what is in the way
#include <stdexcept>
#include <vector>

#include "addon/cuda/counters/counter_session.h"
#include "addon/cuda/counters/metrics.h"
#include "check.h"
#include "json_line.h"

namespace {

using check::JsonLine;
using namespace hka::addon;

// 256 MiB a buffer: several times the L2 cache of any GPU, and within an 8 GB board.
constexpr size_t kCount = size_t{1} << 26;
constexpr unsigned kThreads = 256;
constexpr unsigned kStride = 32;  // floats: 128 bytes, so that no two threads share a sector of 32
constexpr const char* kNoSuchMetric = "hookanalyzer__no_such_metric.sum";

__global__ void copyKernel(float* target, const float* source) {
  const size_t index = size_t{blockIdx.x} * blockDim.x + threadIdx.x;
  target[index] = source[index];
}

__global__ void strideKernel(float* target, const float* source) {
  const size_t index = size_t{blockIdx.x} * blockDim.x + threadIdx.x;
  target[index] = source[index * kStride];
}

__global__ void incrementKernel(float* values) { values[size_t{blockIdx.x} * blockDim.x + threadIdx.x] += 1.0f; }

// Long enough that filling and draining the device at both ends does not matter.
__global__ void occupyKernel(float* values, int roundCount) {
  extern __shared__ float tile[];
  tile[threadIdx.x] = values[threadIdx.x];
  float sum = tile[threadIdx.x];
  for (int round = 0; round < roundCount; ++round) sum = fmaf(sum, 0.999f, 1.0f);
  if (sum < 0.0f) values[threadIdx.x] = sum;
}

JsonLine lineOf(const std::string& name, const CounterSession& session, const CounterResult& result) {
  std::string kernels;
  for (const std::vector<double>& values : result.kernels) {
    std::string row;
    for (size_t metric = 0; metric < values.size(); ++metric) {
      row += (row.empty() ? "{" : ", ") + check::jsonText(session.metricNames()[metric]) + ": " + check::jsonNumber(values[metric]);
    }
    kernels += (kernels.empty() ? "" : ", ") + row + "}";
  }
  JsonLine line(name);
  line.add("kernels", "[" + kernels + "]").text("problem", result.problem ? result.problem->code + ": " + result.problem->sentence : "");
  return line;
}

std::vector<std::string> metricNames() {
  std::vector<std::string> names(std::begin(kExperimentMetrics), std::end(kExperimentMetrics));
  names.insert(names.begin() + 1, kNoSuchMetric);
  return names;
}

struct Buffers {
  float* source = nullptr;
  float* target = nullptr;
};

void accessCases(CounterSession& session, const Buffers& buffers) {
  const auto copy = [&] { copyKernel<<<kCount / kThreads, kThreads>>>(buffers.target, buffers.source); };
  lineOf("copy", session, session.measure(copy)).number("bytes", kCount * sizeof(float)).print();
  const auto stride = [&] { strideKernel<<<kCount / kStride / kThreads, kThreads>>>(buffers.target, buffers.source); };
  lineOf("stride", session, session.measure(stride)).print();
}

void occupancyCase(CounterSession& session, const Buffers& buffers) {
  cudaDeviceProp properties{};
  CHECK(cudaGetDeviceProperties(&properties, 0));
  // Two blocks fit and no third: a little over a third of what the multiprocessor has, less what CUDA keeps for each block.
  const size_t sharedBytes = properties.sharedMemPerMultiprocessor / 3 + 1024;
  CHECK(cudaFuncSetAttribute(occupyKernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(sharedBytes)));
  int blockCount = 0;
  CHECK(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blockCount, occupyKernel, kThreads, sharedBytes));
  const double theoretical = 100.0 * blockCount * kThreads / properties.maxThreadsPerMultiProcessor;
  const unsigned gridBlocks = static_cast<unsigned>(properties.multiProcessorCount * blockCount * 16);
  const auto occupy = [&] { occupyKernel<<<gridBlocks, kThreads, sharedBytes>>>(buffers.target, 20000); };
  lineOf("occupancy", session, session.measure(occupy)).number("blocksPerSm", blockCount).number("theoreticalPercent", theoretical).print();
}

// However often CUPTI repeats a kernel, memory is as if it had run once.
void replayCase(CounterSession& session, const Buffers& buffers) {
  constexpr unsigned kBlocks = 64;
  CHECK(cudaMemset(buffers.target, 0, kBlocks * kThreads * sizeof(float)));
  const CounterResult result = session.measure([&] {
    incrementKernel<<<kBlocks, kThreads>>>(buffers.target);
    incrementKernel<<<kBlocks, kThreads>>>(buffers.target);
  });
  std::vector<float> host(kBlocks * kThreads);
  CHECK(cudaMemcpy(host.data(), buffers.target, host.size() * sizeof(float), cudaMemcpyDeviceToHost));
  unsigned wrongCount = 0;
  for (const float value : host) wrongCount += !(value == 2.0f);
  lineOf("replay", session, result).number("wrongCount", wrongCount).number("passCount", static_cast<double>(session.passCount())).print();
}

void badCases(CounterSession& session, const Buffers& buffers) {
  const auto one = [&] { incrementKernel<<<64, kThreads>>>(buffers.target); };
  lineOf("nothing", session, session.measure([] {})).print();
  lineOf("many", session, session.measure([&] {
    for (size_t launch = 0; launch < kMeasuredKernelCountMax + 4; ++launch) one();
  })).print();
  std::string thrown;
  try {
    session.measure([&] {
      one();
      throw std::runtime_error("from the callable");
    });
  } catch (const std::runtime_error& error) {
    thrown = error.what();
  }
  JsonLine("throws").text("thrown", thrown).print();
  lineOf("afterThrow", session, session.measure(one)).print();
}

void printSession(const char* name, const CounterSession& session) {
  std::string absent;
  for (const CounterProblem& each : session.absent()) absent += (absent.empty() ? "" : ", ") + check::jsonText(each.sentence);
  JsonLine line(name);
  line.number("passCount", static_cast<double>(session.passCount())).add("absent", "[" + absent + "]");
  const auto& problem = session.problem();
  line.text("code", problem ? problem->code : "").text("sentence", problem ? problem->sentence : "").text("remedy", problem ? problem->remedy : "");
  line.print();
}

}  // namespace

int main(int count, char** words) {
  if (count > 1 && std::string(words[1]) == "problem") {
    const CounterSession session(0, {kAchievedOccupancy});
    printSession("problem", session);
    return 0;
  }
  CHECK(cudaSetDevice(0));
  Buffers buffers;
  CHECK(cudaMalloc(&buffers.source, kCount * sizeof(float)));
  CHECK(cudaMalloc(&buffers.target, kCount * sizeof(float)));
  CHECK(cudaMemset(buffers.source, 0, kCount * sizeof(float)));
  {
    CounterSession session(0, metricNames());
    printSession("session", session);
    if (session.problem()) return 0;
    accessCases(session, buffers);
    occupancyCase(session, buffers);
    replayCase(session, buffers);
    badCases(session, buffers);
  }
  {
    CounterSession again(0, {kSectorsPerLoad});
    printSession("again", again);
    const auto copy = [&] { copyKernel<<<kCount / kThreads, kThreads>>>(buffers.target, buffers.source); };
    lineOf("copyAgain", again, again.measure(copy)).print();
  }
  const CounterSession noMetric(0, {kNoSuchMetric});
  printSession("noMetric", noMetric);
  CHECK(cudaFree(buffers.source));
  CHECK(cudaFree(buffers.target));
  return 0;
}
