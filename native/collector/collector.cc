#include "collector.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <new>

#include "nvtx.h"
#include "preflight.h"

namespace hka {
namespace {

using wire::Severity;

constexpr int kHelloMs = 1000;
constexpr uint64_t kNsPerMs = 1000000;
constexpr uint64_t kFlushNs = 50 * kNsPerMs;
constexpr uint64_t kCostNs = 1000 * kNsPerMs;
constexpr int kTurnMs = 10;
constexpr uint64_t kEndNs = 2000 * kNsPerMs;       // all of the end
constexpr uint64_t kNoProgressNs = 500 * kNsPerMs;  // of it, without a byte leaving

std::mutex startMutex;
std::atomic<Collector*> instance{nullptr};
std::atomic<bool> hasTried{false};

uint64_t threadCpuNs() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000000000 + static_cast<uint64_t>(now.tv_nsec);
}

}  // namespace

Collector* Collector::start() noexcept {
  try {
    const std::lock_guard<std::mutex> lock(startMutex);
    if (hasTried.load(std::memory_order_relaxed)) return instance.load(std::memory_order_relaxed);
    hasTried.store(true, std::memory_order_relaxed);
    static const bool isRegistered = [] {
      pthread_atfork(nullptr, nullptr, inChild);
      std::atexit(atExit);
      return true;
    }();
    (void)isRegistered;
    auto* collector = new Collector;
    if (!collector->connect()) {
      delete collector;
      return nullptr;
    }
    collector->describeProcess(wire::ProcessEvent::kStarted);
    collector->kinds_ = collector->welcome_.kinds;
    nvtx::setOn(collector->kinds_.nvtx);
    // The writer must not take signals that the target waits for.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    collector->writer_ = std::thread([collector] { collector->write(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    instance.store(collector, std::memory_order_release);
    return collector;
  } catch (...) {  // no memory or no thread: the target goes on without us
    return nullptr;
  }
}

bool Collector::connect() {
  environment_ = readEnvironment();
  if (!link_.open(environment_, kHelloMs, welcome_)) return false;
  clock_.setEpoch(welcome_.epochNs);
  rows_.setSource(welcome_.sourceId);
  return true;
}

void Collector::describeProcess(wire::ProcessEvent event) {
  const std::string path = executablePath();
  const std::string words = commandLine();
  rows_.addRare(wire::ProcessRow{clock_.sessionFromMonotonic(monotonicNs()), static_cast<uint8_t>(event), static_cast<uint32_t>(getpid()),
                                 static_cast<uint32_t>(getppid()), -1, path, words});
}

void Collector::startCupti() {
  try {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (triedCupti_) return;
    triedCupti_ = true;
    openCupti();
  } catch (...) {
    // No memory: CUDA work is not captured, and the target goes on.
  }
}

void Collector::openCupti() {
  CuptiLibrary library;
  std::string reason;
  if (!library.load(environment_, reason)) {
    rows_.diagnostic(Severity::kError, "cuptiNotFound", "CUPTI cannot be used: " + reason + "; CUDA work is not captured.",
                     "Install CUPTI for this CUDA release, such as the package cuda-cupti-12-6 on JetPack 6.");
    return;
  }
  const Preflight preflight = checkBeforeCupti(environment_, library.cudaMajor(), "CUDA work is not captured");
  for (const Finding& finding : preflight.findings) rows_.diagnostic(finding.severity, finding.code, finding.sentence, finding.remedy);
  if (!preflight.mayTrace) return;
  rows_.diagnostic(Severity::kInfo, "cuptiLoaded", "CUPTI " + std::to_string(library.version) + " from " + library.path + ".", "");
  auto session = std::make_unique<CuptiSession>(library, rows_, clock_);
  if (!session->open(welcome_.wantsLatency)) {
    session.release();  // CUPTI may have kept its callbacks, so it is never freed
    return;
  }
  session->setKinds(kinds_);
  decoder_ = std::make_unique<Decoder>(session->library(), rows_, clock_);
  session_ = std::move(session);
  if (session_->usesRealtime()) {
    rows_.diagnostic(Severity::kInfo, "clockByPairs", "This CUPTI counts on the wall clock; times are converted by pairs of readings.", "");
  }
}

void Collector::write() {
  pthread_setname_np(pthread_self(), "hookanalyzer");
  // The thread that starts CUDA may be a real-time one; ours must never run before the target's.
  const sched_param ordinary{};
  pthread_setschedparam(pthread_self(), SCHED_OTHER, &ordinary);
  std::unique_lock<std::mutex> endLock(endMutex_);
  while (!isEnding_ && link_.isAlive()) {
    endLock.unlock();
    try {
      const std::lock_guard<std::mutex> lock(mutex_);
      turn(false);
    } catch (...) {
      // No memory for this turn: the buffers stay queued up to their limit and are counted beyond it.
    }
    link_.wait(link_.isDrained() ? 0 : kTurnMs);
    endLock.lock();
    if (!isEnding_ && link_.isDrained()) ending_.wait_for(endLock, std::chrono::milliseconds(kTurnMs));
  }
  endLock.unlock();
  try {
    finish();
  } catch (...) {
    // The process ends anyway.
  }
  endLock.lock();
  hasEnded_ = true;
  ended_.notify_all();
}

void Collector::turn(bool isLast) {
  const uint64_t nowNs = monotonicNs();
  Kinds kinds;
  if (link_.readKinds(kinds)) applyKinds(kinds);
  const bool flushes = isLast || nowNs - lastFlushNs_ >= kFlushNs;
  if (flushes && session_) {
    if (kinds_.any() || isLast) session_->flush(isLast);
    flushedNs_ += monotonicNs() - nowNs;
    decodeCompleted();
    decoder_->settleDriverCalls();
    session_->adaptBuffers(decodedBytes_, nowNs - lastFlushNs_);
    decodedBytes_ = 0;
  } else if (session_ && session_->hasQueued()) {
    decodeCompleted();
  }
  if (flushes) {
    takeRanges(isLast);
    if (nowNs - lastCostNs_ >= kCostNs || isLast) tellOwnCost(nowNs);
    lastFlushNs_ = nowNs;
  }
  if (isLast) {
    if (decoder_) decoder_->settleDriverCalls();
    describeProcess(wire::ProcessEvent::kExited);
  }
  tellLosses();
  sendRows();
  link_.pump();
}

void Collector::decodeCompleted() {
  for (const auto& each : session_->takeCompleted()) {
    decoder_->decode(each.buffer, each.validBytes);
    decodedBytes_ += each.validBytes;
    size_t dropped = 0;
    if (session_->library().getDropped(each.context, each.stream, &dropped) == cupti::kSuccess && dropped > 0) {
      rows_.loss("cupti", "CUPTI had no room for them", static_cast<double>(dropped), 0, clock_.sessionFromMonotonic(lastFlushNs_));
    }
    session_->giveBack(each.buffer);
    sendRows();
    link_.pump();
  }
}

void Collector::addRange(const nvtx::Event& event) {
  wire::RangeRow row;
  row.startNs = clock_.sessionFromMonotonic(event.startNs);
  row.durationNs = event.endNs == 0 ? -1 : static_cast<double>(event.endNs - event.startNs);
  row.name = rows_.nameId(event.message);
  row.domain = rows_.nameId(event.domain);
  row.category = rows_.nameId(event.category);
  row.thread = event.thread;
  row.endThread = event.endThread;
  row.color = event.color;
  row.depth = event.depth;
  row.kind = event.kind;
  rows_.add(row);
}

void Collector::takeRanges(bool withOpen) {
  for (const auto& event : nvtx::take()) addRange(event);
  if (withOpen) {
    for (const auto& event : nvtx::takeOpen()) addRange(event);
  }
  if (const uint64_t dropped = nvtx::takeDropped()) {
    rows_.loss("collector", "NVTX events came faster than they were written", static_cast<double>(dropped), 0, clock_.sessionFromMonotonic(lastFlushNs_));
  }
}

// What measuring itself took since the last time: one row for the writer's CPU time, one for waiting in CUPTI's flush.
void Collector::tellOwnCost(uint64_t nowNs) {
  const uint64_t cpuNs = threadCpuNs();
  const auto add = [&](const char* name, uint64_t costNs) {
    wire::OverheadRow row;
    row.startNs = clock_.sessionFromMonotonic(lastCostNs_ == 0 ? nowNs : lastCostNs_);
    row.durationNs = static_cast<double>(costNs);
    row.name = rows_.nameId(name);
    row.thread = threadId();
    if (kinds_.overhead) rows_.add(row);
  };
  add("HookAnalyzer: CPU time of the writer", cpuNs - cpuNs_);
  add("HookAnalyzer: time in CUPTI's flush", flushedNs_);
  cpuNs_ = cpuNs;
  flushedNs_ = 0;
  lastCostNs_ = nowNs;
}

void Collector::tellLosses() {
  const double sinceNs = clock_.sessionFromMonotonic(lastFlushNs_);
  if (session_) {
    if (const uint64_t bytes = session_->takeDroppedBytes()) {
      rows_.loss("collector", "CUPTI's buffers came faster than they were read", 0, static_cast<double>(bytes), sinceNs);
    }
  }
  if (droppedRows_ > 0 && link_.isDrained()) {
    rows_.loss("collector", "the probe was slower than the program", static_cast<double>(droppedRows_), static_cast<double>(droppedBytes_), sinceNs);
    droppedRows_ = 0;
    droppedBytes_ = 0;
  }
}

void Collector::send(Rows::Piece&& piece) {
  const uint64_t rowCount = piece.rowCount;
  const size_t byteCount = piece.bytes.size();
  if (byteCount == 0 || link_.send(std::move(piece.bytes))) return;
  droppedRows_ += rowCount;
  droppedBytes_ += byteCount;
}

void Collector::sendRows() {
  auto events = rows_.takeEvents();
  send(rows_.takeState());
  send(std::move(events));
}

void Collector::applyKinds(const Kinds& kinds) {
  kinds_ = kinds;
  nvtx::setOn(kinds.nvtx);
  if (session_) session_->setKinds(kinds);
}

// Gives the probe what is left, within the time that an ending process may take.
void Collector::drain() {
  const uint64_t beganNs = monotonicNs();
  uint64_t progressNs = beganNs;
  while (link_.isAlive() && !link_.isDrained()) {
    const uint64_t nowNs = monotonicNs();
    if (nowNs - beganNs > kEndNs || nowNs - progressNs > kNoProgressNs) break;
    if (link_.pump() > 0) progressNs = nowNs;
    else link_.wait(kTurnMs);
  }
}

void Collector::finish() {
  const std::lock_guard<std::mutex> lock(mutex_);
  const bool wasAlive = link_.isAlive();
  if (wasAlive) {
    turn(true);
    drain();
    if (droppedRows_ > 0) {
      tellLosses();
      sendRows();
      drain();
    }
  }
  // The probe is gone: nothing is captured any more, at next to no cost.
  if (!wasAlive) applyKinds(Kinds{});
  link_.close();
}

void Collector::atExit() {
  Collector* collector = instance.load(std::memory_order_acquire);
  if (collector == nullptr) return;
  std::unique_lock<std::mutex> lock(collector->endMutex_);
  collector->isEnding_ = true;
  collector->ending_.notify_all();
  collector->ended_.wait_for(lock, std::chrono::nanoseconds(kEndNs + kNoProgressNs), [&] { return collector->hasEnded_; });
  lock.unlock();
  collector->writer_.detach();
}

// The child of a fork has no writer thread, and CUDA does not work in it: the parent's collector is left as it is, the child's end of
// the connection closed. Should CUDA or NVTX start anew there, a new collector begins.
void Collector::inChild() {
  Collector* collector = instance.load(std::memory_order_relaxed);
  if (collector) collector->link_.abandon();
  instance.store(nullptr, std::memory_order_relaxed);
  hasTried.store(false, std::memory_order_relaxed);
  new (&startMutex) std::mutex;
  nvtx::forget();
  CuptiSession::forgetBatches();
}

}  // namespace hka
