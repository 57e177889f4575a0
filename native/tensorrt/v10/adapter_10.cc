#include "tensorrt/v10/adapter_10.h"

#include "tensorrt/cuda_session.h"
#include "tensorrt/v10/build.h"
#include "tensorrt/v10/engine_10.h"
#include "tensorrt/v10/tensorrt_10.h"

namespace hka::tensorrt::v10 {
namespace {

class Adapter10 : public Adapter {
 public:
  explicit Adapter10(const Libraries& libraries) : libraries_(libraries), version_(libraries.version.text()) {}

  [[nodiscard]] const std::string& version() const override { return version_; }

  BuildOutcome build(const BuildOrder& order, const BuildListener& listener, int32_t device) override {
    CudaSession cuda(device);  // makes the device the thread's, which is the one that TensorRT builds for
    return v10::build(libraries_, order, listener);
  }

  std::unique_ptr<Engine> load(LoadOrder order) override {
    auto cuda = std::make_shared<CudaSession>(order.device);
    return loadEngine(libraries_, std::move(cuda), order);
  }

  Bytes mergeTimingCaches(const std::vector<Bytes>& caches) override {
    CudaSession cuda(0);
    return v10::mergeTimingCaches(libraries_, caches);
  }

 private:
  Libraries libraries_;
  std::string version_;
};

}  // namespace

std::unique_ptr<Adapter> makeAdapter(const Libraries& libraries) {
  if (libraries.version.minor < kMinorMin) {
    throw Problem("tensorrtTooOld", "TensorRT " + libraries.version.text() + " is installed, and the adapter needs 10.1 or later.", "Update TensorRT.");
  }
  return std::make_unique<Adapter10>(libraries);
}

}  // namespace hka::tensorrt::v10
