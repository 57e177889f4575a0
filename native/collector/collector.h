// The collector of one process: starts at the first injection, ends with the process. It belongs to nobody and is never destroyed,
// because the target's threads and CUPTI may call until the very end.
//
// Threads: the injection entries run on the target's thread; the writer thread does everything else; CUPTI's callbacks and the NVTX
// functions only queue.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "clock.h"
#include "cupti_session.h"
#include "decoder.h"
#include "environment.h"
#include "nvtx.h"
#include "probe_link.h"
#include "rows.h"

namespace hka {

class Collector {
 public:
  // The collector of this process, started if there is a probe; null when there is none.
  static Collector* start() noexcept;

  // CUDA is starting (called inside cuInit): takes CUPTI's place, or says why not.
  void startCupti();

 private:
  Collector() : rows_(clock_) {}
  bool connect();
  void openCupti();
  void describeProcess(wire::ProcessEvent event);
  void write();
  // One round of the writer. The last one flushes everything.
  void turn(bool isLast);
  void decodeCompleted();
  void takeRanges(bool withOpen);
  void addRange(const nvtx::Event& event);
  void tellOwnCost(uint64_t nowNs);
  void tellLosses();
  void sendRows();
  void send(Rows::Piece&& piece);
  void applyKinds(const Kinds& kinds);
  void drain();
  void finish();
  static void atExit();
  static void inChild();

  Environment environment_;
  // Guards everything down to writer_. The writer holds it for each of its turns, the target's thread once, while CUDA starts. Before that
  // the writer calls no CUPTI, afterwards the target takes it no more, so it can never stand between CUPTI's locks and the target.
  std::mutex mutex_;
  Clock clock_;
  Rows rows_;
  ProbeLink link_;
  ProbeLink::Welcome welcome_;
  std::unique_ptr<CuptiSession> session_;
  std::unique_ptr<Decoder> decoder_;
  bool triedCupti_ = false;
  Kinds kinds_;
  uint64_t lastFlushNs_ = 0;
  uint64_t lastCostNs_ = 0;
  uint64_t decodedBytes_ = 0;
  uint64_t flushedNs_ = 0;
  uint64_t cpuNs_ = 0;
  uint64_t droppedRows_ = 0;
  uint64_t droppedBytes_ = 0;

  std::thread writer_;
  std::mutex endMutex_;  // guards the two flags below
  std::condition_variable ending_;
  std::condition_variable ended_;
  bool isEnding_ = false;
  bool hasEnded_ = false;
};

}  // namespace hka
