// Times one work by the device's own clock. Launches of one sample are replayed as a CUDA graph, because calls one by one would hide
// what is shorter than the host's own work for a launch, some 3 to 6 µs.
#include "addon/cuda/cuda_device.h"
#include "addon/cuda/cuda_timer.h"
#include "addon/cuda/idle_kernels.h"

namespace hka::addon {
namespace {

// While the stream waits so long, the host queues the sample behind it, so that the first event does not begin before the work is there.
// Older drivers and slow processors need longer for a replay of more launches, so the wait grows with them; too long a wait costs only time.
constexpr unsigned long long kHoldNs = 20'000;
constexpr unsigned long long kHoldPerLaunchNs = 500;
constexpr size_t kSweepUnitBytes = 16;

// So many launches of the work as a graph; nullptr where it cannot be captured, such as a library that allocates on its way.
class Replay {
 public:
  Replay(const Work& work, uint32_t launchCount, cudaStream_t stream) {
    if (cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal) != cudaSuccess) return;
    bool isWhole = true;
    try {
      for (uint32_t launch = 0; launch < launchCount && isWhole; ++launch) isWhole = work.start(stream) == cudaSuccess;
    } catch (const DeviceError&) {
      isWhole = false;
    }
    cudaGraph_t graph = nullptr;
    isWhole = cudaStreamEndCapture(stream, &graph) == cudaSuccess && isWhole;
    if (isWhole && cudaGraphInstantiateWithFlags(&replay_, graph, 0) != cudaSuccess) replay_ = nullptr;
    // Now, or the first sample pays for it.
    if (replay_ != nullptr) static_cast<void>(cudaGraphUpload(replay_, stream));
    if (graph != nullptr) static_cast<void>(cudaGraphDestroy(graph));
    static_cast<void>(cudaGetLastError());  // what could not be captured is launched one by one, and fails there if it must
  }
  ~Replay() {
    if (replay_ != nullptr) static_cast<void>(cudaGraphExecDestroy(replay_));
  }
  Replay(const Replay&) = delete;
  Replay& operator=(const Replay&) = delete;

  [[nodiscard]] cudaGraphExec_t get() const { return replay_; }

 private:
  cudaGraphExec_t replay_ = nullptr;
};

}  // namespace

// Launches and replays run on a stream of their own: the default one cannot be captured.
std::vector<double> CudaDevice::measure(const Work& work, const MeasurePlan& plan, uint32_t stream) {
  select();
  checkCuda(cudaStreamSynchronize(streams_[stream]), "measure");
  if (measuring_ == nullptr) checkCuda(cudaStreamCreateWithFlags(&measuring_, cudaStreamNonBlocking), "measure");
  const size_t sweepBytes = (size_t{facts_.cacheBytes} * 2 / kSweepUnitBytes + 1) * kSweepUnitBytes;
  if (plan.isCold && sweep_ == nullptr) {
    sweep_ = allocate(sweepBytes, "sweep");
    checkCuda(cudaMemset(sweep_, 0, sweepBytes), "measure");  // sweep() relies on zeros
  }
  const auto start = [&] { checkCuda(static_cast<cudaError_t>(work.start(measuring_)), work.stages[0].launch.name.c_str()); };
  start();  // outside of any capture: libraries make their handles and workspaces now
  checkCuda(cudaStreamSynchronize(measuring_), "measure");
  const Replay replay(work, plan.launchesPerSample, measuring_);
  const CudaTimer timer;
  std::vector<double> samplesNs;
  for (uint32_t sample = 0; sample < plan.sampleCount; ++sample) {
    if (plan.isCold) checkCuda(launchSweep(sweep_, sweepBytes, measuring_), "measure");
    checkCuda(launchHold(kHoldNs + kHoldPerLaunchNs * plan.launchesPerSample, measuring_), "measure");
    timer.start(measuring_);
    if (replay.get() != nullptr) checkCuda(cudaGraphLaunch(replay.get(), measuring_), "measure");
    else for (uint32_t launch = 0; launch < plan.launchesPerSample; ++launch) start();
    samplesNs.push_back(timer.stopNs(measuring_) / plan.launchesPerSample);
  }
  return samplesNs;
}

}  // namespace hka::addon
