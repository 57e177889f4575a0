#include "cupti_library.h"

#include <dlfcn.h>

#include "toolkit/toolkit_library.h"

namespace hka {
namespace {

template <class Function>
bool resolve(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

}  // namespace

bool CuptiLibrary::load(const Environment& environment, std::string& reason) {
  for (const std::string& each : toolkit::librariesToTry(environment.cuptiPath, environment.root, "libcupti.so")) {
    library = dlopen(each.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) continue;
    path = each;
    break;
  }
  if (library == nullptr) {
    reason = "no libcupti was found that can be loaded";
    return false;
  }
  const bool isWhole = resolve(library, "cuptiGetVersion", getVersion) && resolve(library, "cuptiSubscribe", subscribe) &&
                       resolve(library, "cuptiUnsubscribe", unsubscribe) &&
                       resolve(library, "cuptiActivityRegisterCallbacks", registerCallbacks) &&
                       resolve(library, "cuptiActivityEnable", enable) && resolve(library, "cuptiActivityDisable", disable) &&
                       resolve(library, "cuptiActivityFlushAll", flushAll) &&
                       resolve(library, "cuptiActivityGetNextRecord", getNextRecord) &&
                       resolve(library, "cuptiActivityGetNumDroppedRecords", getDropped) &&
                       resolve(library, "cuptiGetCallbackName", getCallbackName);
  if (!isWhole || getVersion(&version) != cupti::kSuccess) {
    reason = path + " lacks functions that every CUPTI has";
    return false;
  }
  resolve(library, "cuptiActivityRegisterTimestampCallback", registerTimestamp);
  resolve(library, "cuptiSetThreadIdType", setThreadIdType);
  resolve(library, "cuptiActivityEnableRuntimeApi", enableRuntimeApi);
  resolve(library, "cuptiActivityEnableDriverApi", enableDriverApi);
  resolve(library, "cuptiActivityEnableAllocationSource", enableAllocationSource);
  resolve(library, "cuptiActivityEnableLatencyTimestamps", enableLatency);
  resolve(library, "cuptiActivityPushExternalCorrelationId", pushExternal);
  resolve(library, "cuptiActivityPopExternalCorrelationId", popExternal);
  resolve(library, "cuptiGetResultString", getResultString);
  return true;
}

std::string CuptiLibrary::words(int result) const {
  const char* text = nullptr;
  if (getResultString == nullptr || getResultString(result, &text) != cupti::kSuccess || text == nullptr) text = "no words for it";
  return std::string(text) + " (" + std::to_string(result) + ")";
}

}  // namespace hka
