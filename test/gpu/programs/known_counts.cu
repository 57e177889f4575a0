// A CUDA program whose rows are known: prints what it did as JSON, and the recording must hold exactly that.
//   known_counts              everything below in one process
//   known_counts children N   N child processes (fork and exec before CUDA is touched) that launch kChildKernels each
#include <nvtx3/nvToolsExt.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <vector>

#include "check.h"

constexpr int kStreams = 4;
constexpr int kLaunchesPerStream = 25;
constexpr int kGraphNodes = 50;
constexpr int kGraphLaunches = 100;
constexpr int kChildKernels = 11;
constexpr size_t kBytes = 1 << 20;
constexpr int kElements = kBytes / sizeof(float);

__global__ void scaleKernel(float* values, float factor, int count) {
  const int index = blockIdx.x * blockDim.x + threadIdx.x;
  if (index < count) values[index] *= factor;
}
__global__ void graphKernel(float* values) { values[threadIdx.x] += 1.0f; }
__global__ void childKernel(float* values) { values[threadIdx.x] += 2.0f; }

struct Host {
  float* pageable = nullptr;
  float* pinned = nullptr;
};

static void copies(float* device, float* other, const Host& host, cudaStream_t stream) {
  for (int i = 0; i < 3; ++i) CHECK(cudaMemcpy(device, host.pageable, kBytes, cudaMemcpyHostToDevice));
  for (int i = 0; i < 5; ++i) CHECK(cudaMemcpyAsync(device, host.pinned, kBytes, cudaMemcpyHostToDevice, stream));
  for (int i = 0; i < 6; ++i) CHECK(cudaMemcpyAsync(other, device, kBytes, cudaMemcpyDeviceToDevice, stream));
  for (int i = 0; i < 4; ++i) CHECK(cudaMemcpyAsync(host.pinned, other, kBytes, cudaMemcpyDeviceToHost, stream));
  CHECK(cudaStreamSynchronize(stream));
  for (int i = 0; i < 2; ++i) CHECK(cudaMemcpy(host.pageable, other, kBytes, cudaMemcpyDeviceToHost));
  for (int i = 0; i < 7; ++i) CHECK(cudaMemsetAsync(other, 0, kBytes, stream));
  CHECK(cudaStreamSynchronize(stream));
}

static void launches(float* device, const std::vector<cudaStream_t>& streams) {
  for (int phase = 0; phase < 3; ++phase) {
    nvtxRangePushA("phase");
    for (int step = 0; step < 4; ++step) {
      nvtxRangePushA("step");
      nvtxMarkA("tick");
      nvtxRangePop();
    }
    nvtxRangePop();
  }
  const nvtxRangeId_t range = nvtxRangeStartA("launches");
  for (int launch = 0; launch < kLaunchesPerStream; ++launch) {
    for (const auto stream : streams) scaleKernel<<<(kElements + 255) / 256, 256, 0, stream>>>(device, 1.5f, kElements);
  }
  CHECK(cudaGetLastError());
  CHECK(cudaDeviceSynchronize());
  nvtxRangeEnd(range);
}

static void graphs(float* device, cudaStream_t stream) {
  cudaGraph_t graph;
  cudaGraphExec_t executable;
  CHECK(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
  for (int node = 0; node < kGraphNodes; ++node) graphKernel<<<1, 32, 0, stream>>>(device);
  CHECK(cudaStreamEndCapture(stream, &graph));
  CHECK(cudaGraphInstantiate(&executable, graph, 0));
  for (int launch = 0; launch < kGraphLaunches; ++launch) CHECK(cudaGraphLaunch(executable, stream));
  CHECK(cudaStreamSynchronize(stream));
  CHECK(cudaGraphExecDestroy(executable));
  CHECK(cudaGraphDestroy(graph));
}

static void allocations(cudaStream_t stream) {
  void* kept = nullptr;
  CHECK(cudaMalloc(&kept, 4096));  // never freed: the memory_live report must name it
  void* block = nullptr;
  for (int i = 0; i < 9; ++i) {
    CHECK(cudaMalloc(&block, kBytes));
    CHECK(cudaFree(block));
  }
  for (int i = 0; i < 3; ++i) {
    CHECK(cudaMallocHost(&block, kBytes));
    CHECK(cudaFreeHost(block));
  }
  for (int i = 0; i < 2; ++i) {
    CHECK(cudaMallocManaged(&block, 65536));
    CHECK(cudaFree(block));
  }
  for (int i = 0; i < 8; ++i) {
    CHECK(cudaMallocAsync(&block, 65536, stream));
    CHECK(cudaFreeAsync(block, stream));
  }
  CHECK(cudaStreamSynchronize(stream));
}

static int child() {
  float* device = nullptr;
  CHECK(cudaMalloc(&device, kBytes));
  for (int launch = 0; launch < kChildKernels; ++launch) childKernel<<<1, 32>>>(device);
  CHECK(cudaDeviceSynchronize());
  CHECK(cudaFree(device));
  return 0;
}

static int children(const char* self, int count) {
  for (int i = 0; i < count; ++i) {
    if (fork() == 0) {
      execl(self, self, "child", nullptr);
      _exit(127);
    }
  }
  int failed = 0;
  for (int i = 0; i < count; ++i) {
    int status = 0;
    wait(&status);
    failed += status != 0;
  }
  std::printf("{\"kernel\":{\"childKernel\":%d},\"processes\":%d}\n", count * kChildKernels, count);
  return failed == 0 ? 0 : 4;
}

int main(int argumentCount, char** arguments) {
  if (argumentCount > 1 && std::strcmp(arguments[1], "child") == 0) return child();
  if (argumentCount > 2 && std::strcmp(arguments[1], "children") == 0) return children(arguments[0], std::atoi(arguments[2]));

  std::vector<cudaStream_t> streams(kStreams);
  for (auto& stream : streams) CHECK(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
  float* device = nullptr;
  float* other = nullptr;
  Host host;
  CHECK(cudaMalloc(&device, kBytes));
  CHECK(cudaMalloc(&other, kBytes));
  CHECK(cudaMallocHost(&host.pinned, kBytes));
  host.pageable = static_cast<float*>(std::calloc(1, kBytes));
  copies(device, other, host, streams[0]);
  launches(device, streams);
  graphs(device, streams[1]);
  allocations(streams[2]);
  CHECK(cudaFree(device));
  CHECK(cudaFree(other));
  CHECK(cudaFreeHost(host.pinned));
  std::printf(
      "{\"kernel\":{\"scaleKernel\":%d,\"graphKernel\":%d},"
      "\"memcpy\":{\"hostToDevice pageable\":3,\"hostToDevice pinned\":5,\"deviceToDevice device\":6,"
      "\"deviceToHost pinned\":4,\"deviceToHost pageable\":2},\"memset\":7,"
      "\"memory\":{\"allocate device\":12,\"free device\":11,\"allocate pinned\":4,\"free pinned\":4,"
      "\"allocate managed\":2,\"free managed\":2,\"allocate pool\":8,\"free pool\":8},"
      "\"range\":{\"pushPop\":15,\"mark\":12,\"startEnd\":1},\"graphNodes\":%d}\n",
      kStreams * kLaunchesPerStream, kGraphNodes * kGraphLaunches, kGraphNodes);
  return 0;
}
