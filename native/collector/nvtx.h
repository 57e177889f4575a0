// NVTX through our own injection: every library that carries NVTX loads us by NVTX_INJECTION64_PATH and lets us put our functions into its
// table. So ranges work without CUPTI and without CUDA. The functions run on the target's threads: they take the time, copy the
// message, and queue; when ranges are off they do nothing but look at one flag.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hka::nvtx {

// A finished range or a mark. Times are CLOCK_MONOTONIC; endNs is 0 for a range that never ended.
struct Event {
  uint64_t startNs = 0;
  uint64_t endNs = 0;
  std::string message;
  std::string domain;
  std::string category;
  uint32_t thread = 0;
  uint32_t endThread = 0;
  uint32_t color = 0;
  uint16_t depth = 0;
  uint8_t kind = 0;  // wire::RangeKind
};

// Puts our functions into the table of one library. Gives 1, as NVTX wants it.
int install(const void* (*getExportTable)(uint32_t));

void setOn(bool on);
// Everything since the last call. Writer thread.
std::vector<Event> take();
// Ranges that are still open, for the end of the process.
std::vector<Event> takeOpen();
// Events dropped because the writer was behind, since the last call.
uint64_t takeDropped();
// The child of a fork begins with nothing.
void forget();

}  // namespace hka::nvtx
