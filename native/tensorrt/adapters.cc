// Chooses the adapter object for the TensorRT that is installed. Each major has its own, compiled where its headers are.
#include <cstdlib>

#include "tensorrt/adapter.h"
#include "tensorrt/libraries.h"
#ifdef HAVE_TENSORRT_10
#include "tensorrt/v10/adapter_10.h"
#endif

namespace hka::tensorrt {

std::unique_ptr<Adapter> openAdapter(const std::string& folder) {
#ifdef HAVE_TENSORRT_10
  const char* named = std::getenv("HOOKANALYZER_TENSORRT");
  return v10::makeAdapter(openLibraries(folder.empty() && named != nullptr ? named : folder, {10}));
#else
  static_cast<void>(folder);
  throw Problem("tensorrtNotBuilt", "This build has no TensorRT adapter, because NvInfer.h of TensorRT 10 was not found when it was built.",
                "Install TensorRT's headers (libnvinfer-dev and libnvonnxparsers-dev) or set TENSORRT_INCLUDE to their folder, then run npm run build:native.");
#endif
}

}  // namespace hka::tensorrt
