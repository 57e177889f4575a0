// The doors: the CUDA driver calls the first inside cuInit, every library that carries NVTX calls the second. The last two are for a program
// that knows us and says which batch the CUDA calls of its thread are for; native/addon/batch_mark.h finds them.
#include "collector.h"
#include "cupti_session.h"
#include "nvtx.h"

extern "C" __attribute__((visibility("default"))) int InitializeInjection() {
  if (auto* collector = hka::Collector::start()) collector->startCupti();
  return 1;
}

extern "C" __attribute__((visibility("default"))) int InitializeInjectionNvtx2(const void* (*getExportTable)(uint32_t)) {
  if (hka::Collector::start() == nullptr) return 0;
  return hka::nvtx::install(getExportTable);
}

extern "C" __attribute__((visibility("default"))) void HookAnalyzerPushBatch(uint64_t batch) { hka::CuptiSession::pushBatch(batch); }

extern "C" __attribute__((visibility("default"))) void HookAnalyzerPopBatch() { hka::CuptiSession::popBatch(); }
