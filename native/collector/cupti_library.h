// Finds and loads libcupti: a copy that the process already has, else the one that fits the driver. Two different copies in one
// process do not work, so an existing one always wins.
#pragma once

#include <string>

#include "cupti_abi.h"
#include "environment.h"

namespace hka {

struct CuptiLibrary {
  std::string path;
  void* library = nullptr;  // of dlopen; stays open as long as the process lives, because CUPTI keeps threads
  uint32_t version = 0;  // cuptiGetVersion(); only a lower bound of what the library knows

  cupti::GetVersion getVersion = nullptr;
  cupti::Subscribe subscribe = nullptr;
  cupti::Unsubscribe unsubscribe = nullptr;
  cupti::RegisterCallbacks registerCallbacks = nullptr;
  cupti::EnableKind enable = nullptr;
  cupti::EnableKind disable = nullptr;
  cupti::FlushAll flushAll = nullptr;
  cupti::GetNextRecord getNextRecord = nullptr;
  cupti::GetDropped getDropped = nullptr;
  cupti::GetCallbackName getCallbackName = nullptr;
  // Of later releases: may be null.
  cupti::RegisterTimestamp registerTimestamp = nullptr;
  cupti::SetThreadIdType setThreadIdType = nullptr;
  cupti::EnableApi enableRuntimeApi = nullptr;
  cupti::EnableApi enableDriverApi = nullptr;
  cupti::EnableFlag enableAllocationSource = nullptr;
  cupti::EnableFlag enableLatency = nullptr;
  cupti::PushExternal pushExternal = nullptr;
  cupti::PopExternal popExternal = nullptr;
  cupti::GetResultString getResultString = nullptr;

  // False when there is none; `reason` then says why.
  bool load(const Environment& environment, std::string& reason);
  // 13 for CUDA 13.x; 12 for what is older, whose versions are plain numbers.
  [[nodiscard]] int cudaMajor() const { return version >= 100000 ? static_cast<int>(version / 10000) : 12; }
  // CUPTI's words for a result.
  [[nodiscard]] std::string words(int result) const;
};

}  // namespace hka
