#include "tensorrt/cuda_session.h"

#include "tensorrt/problem.h"

namespace hka::tensorrt {
namespace {

// cuda.h
constexpr int kOutOfMemory = 2;           // CUDA_ERROR_OUT_OF_MEMORY
constexpr unsigned kStreamNonBlocking = 1;
constexpr int kCaptureThreadLocal = 1;    // CU_STREAM_CAPTURE_MODE_THREAD_LOCAL: other threads of the program may allocate meanwhile

}  // namespace

void checkCuda(int result, const std::string& what) {
  if (result == 0) return;
  if (result == kOutOfMemory) {
    throw Problem("outOfMemory", "There is not enough GPU memory for " + what + ".",
                  "Close other programs or models, or build with a smaller maximum shape, and load it again; what is loaded already goes on.");
  }
  throw Problem("cudaFailed", "CUDA answers error " + std::to_string(result) + " to " + what + ".",
                result >= 700 && result < 720 ? "A kernel failed: the engine has to be loaded again in a new process." : "Look into the board's kernel log.");
}

CudaSession::CudaSession(int device) {
  if (!context_.open(device)) {
    throw Problem("noCudaDevice", "There is no CUDA device " + std::to_string(device) + " here, which TensorRT needs.",
                  "Check the driver with nvidia-smi, or use an engine that runs on the CPU.");
  }
  CudaFunctions& f = functions_;
  // The second versions are what cuda.h of 11 to 13 calls by the plain names; InstantiateWithFlags came with CUDA 11.4.
  const bool isWhole = context_.find(f.allocate, "cuMemAlloc_v2") && context_.find(f.release, "cuMemFree_v2") &&
                       context_.find(f.allocateHost, "cuMemHostAlloc") && context_.find(f.releaseHost, "cuMemFreeHost") &&
                       context_.find(f.memoryLeft, "cuMemGetInfo_v2") && context_.find(f.toDevice, "cuMemcpyHtoDAsync_v2") &&
                       context_.find(f.toHost, "cuMemcpyDtoHAsync_v2") && context_.find(f.createStream, "cuStreamCreate") &&
                       context_.find(f.destroyStream, "cuStreamDestroy_v2") && context_.find(f.synchronize, "cuStreamSynchronize") &&
                       context_.find(f.beginCapture, "cuStreamBeginCapture_v2") && context_.find(f.endCapture, "cuStreamEndCapture") &&
                       context_.find(f.instantiate, "cuGraphInstantiateWithFlags") && context_.find(f.launch, "cuGraphLaunch") &&
                       context_.find(f.destroyInstance, "cuGraphExecDestroy") && context_.find(f.destroyGraph, "cuGraphDestroy");
  if (!isWhole) throw Problem("driverTooOld", "The CUDA driver here is older than CUDA 11.4.", "Update the driver.");
  checkCuda(f.createStream(&stream_, kStreamNonBlocking), "a stream");
}

// What fails in destructors here fails because the context is gone already.
CudaSession::~CudaSession() {
  static_cast<void>(context_.select());
  if (stream_ != nullptr) static_cast<void>(functions_.destroyStream(stream_));
}

void CudaSession::select() { checkCuda(context_.select(), "the device's context"); }

uint64_t CudaSession::freeBytes() const {
  size_t freeBytes = 0;
  size_t allBytes = 0;
  checkCuda(functions_.memoryLeft(&freeBytes, &allBytes), "the question how much memory is left");
  return freeBytes;
}

void CudaSession::synchronize() { checkCuda(functions_.synchronize(stream_), "the end of the inference"); }

TensorMemory::TensorMemory(std::shared_ptr<CudaSession> cuda, size_t bytes, bool isOnHostToo, const std::string& what)
    : cuda_(std::move(cuda)), bytes_(bytes == 0 ? 1 : bytes) {
  const CudaFunctions& f = cuda_->functions();
  checkCuda(f.allocate(&device_, bytes_), what);
  if (!isOnHostToo) return;
  const int result = f.allocateHost(&host_, bytes_, 0);
  if (result != 0) static_cast<void>(f.release(device_));
  checkCuda(result, what + " on the host");
}

TensorMemory::~TensorMemory() {
  static_cast<void>(cuda_->functions().release(device_));
  if (host_ != nullptr) static_cast<void>(cuda_->functions().releaseHost(host_));
}

void TensorMemory::toDevice(size_t bytes) const { checkCuda(cuda_->functions().toDevice(device_, host_, bytes, cuda_->stream()), "the copy of an input"); }
void TensorMemory::toHost(size_t bytes) const { checkCuda(cuda_->functions().toHost(host_, device_, bytes, cuda_->stream()), "the copy of an output"); }

bool CapturedGraph::begin(const CudaSession& cuda, std::string& whyNot) {
  const int result = cuda.functions().beginCapture(cuda.stream(), kCaptureThreadLocal);
  if (result != 0) whyNot = "CUDA cannot capture on this stream (error " + std::to_string(result) + ").";
  return result == 0;
}

std::unique_ptr<CapturedGraph> CapturedGraph::end(std::shared_ptr<CudaSession> cuda, bool isWhole, std::string& whyNot) {
  const CudaFunctions& f = cuda->functions();
  void* graph = nullptr;
  const int ended = f.endCapture(cuda->stream(), &graph);
  void* instance = nullptr;
  int made = 0;
  if (isWhole && ended == 0) made = f.instantiate(&instance, graph, 0);
  if (graph != nullptr) static_cast<void>(f.destroyGraph(graph));
  if (!isWhole) whyNot = "TensorRT cannot run this engine inside a capture: it synchronizes, loops, or has shapes that depend on values.";
  else if (ended != 0) whyNot = "The capture was broken off (CUDA error " + std::to_string(ended) + ").";
  else if (made != 0) whyNot = "CUDA makes no graph of what was captured (error " + std::to_string(made) + ").";
  if (instance == nullptr) return nullptr;
  return std::unique_ptr<CapturedGraph>(new CapturedGraph(std::move(cuda), instance));
}

CapturedGraph::~CapturedGraph() { static_cast<void>(cuda_->functions().destroyInstance(instance_)); }
void CapturedGraph::launch() const { checkCuda(cuda_->functions().launch(instance_, cuda_->stream()), "the launch of the graph"); }

}  // namespace hka::tensorrt
