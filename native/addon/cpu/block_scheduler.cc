#include "addon/cpu/block_scheduler.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <string>

namespace hka::addon {

BlockScheduler::BlockScheduler(uint32_t threadCount) {
  threads_.reserve(threadCount);
  try {
    for (uint32_t index = 0; index < threadCount; ++index) threads_.emplace_back([this, index] { runThread(index); });
  } catch (...) {
    close();  // the system gave fewer threads than asked for; a joinable thread must not be destroyed
    throw;
  }
}

BlockScheduler::~BlockScheduler() { close(); }

void BlockScheduler::close() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    isClosing_ = true;
  }
  blocksToTake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

uint32_t BlockScheduler::addStream() {
  const std::lock_guard<std::mutex> lock(mutex_);
  streams_.emplace_back();
  return static_cast<uint32_t>(streams_.size() - 1);
}

void BlockScheduler::submit(uint32_t stream, GridWork work) {
  std::unique_lock<std::mutex> lock(mutex_);
  auto& queue = streams_[stream].queue;
  gridDone_.wait(lock, [&] { return queue.size() < kQueuedMax; });
  queue.push_back(std::move(work));
  blocksToTake_.notify_all();
}

void BlockScheduler::waitStream(uint32_t stream) {
  std::unique_lock<std::mutex> lock(mutex_);
  gridDone_.wait(lock, [&] { return streams_[stream].queue.empty(); });
}

void BlockScheduler::waitAll() {
  std::unique_lock<std::mutex> lock(mutex_);
  gridDone_.wait(lock, [&] {
    return std::all_of(streams_.begin(), streams_.end(), [](const Stream& stream) { return stream.queue.empty(); });
  });
}

void BlockScheduler::runThread(uint32_t threadIndex) {
  // Signals belong to Node's own thread.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  pthread_setname_np(pthread_self(), ("hka-cpu-" + std::to_string(threadIndex)).c_str());
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    if (Stream* stream = streamWithBlocks()) {
      runBlocks(*stream, lock);
    } else if (isClosing_) {
      return;  // another thread may still run the last blocks of a stream; it then goes on with what is queued behind
    } else {
      blocksToTake_.wait(lock);
    }
  }
}

BlockScheduler::Stream* BlockScheduler::streamWithBlocks() {
  for (size_t step = 0; step < streams_.size(); ++step) {
    Stream& stream = streams_[(turn_ + step) % streams_.size()];
    if (stream.queue.empty() || stream.nextBlock >= stream.queue.front().blockCount) continue;
    turn_ = (turn_ + step + 1) % streams_.size();
    return &stream;
  }
  return nullptr;
}

void BlockScheduler::runBlocks(Stream& stream, std::unique_lock<std::mutex>& lock) {
  GridWork& head = stream.queue.front();
  // A share of what is left: large at first, so that the lock is taken seldom, and small at the end, so that all threads end
  // together. Twice the threads, because two streams usually run.
  const uint64_t leftCount = head.blockCount - stream.nextBlock;
  const uint64_t takenCount = std::max<uint64_t>(1, leftCount / (threads_.size() * 2));
  const uint64_t first = stream.nextBlock;
  stream.nextBlock += takenCount;
  if (first == 0) stream.start = hostNow();
  lock.unlock();
  head.run(first, first + takenCount);
  lock.lock();
  stream.doneBlockCount += takenCount;
  if (stream.doneBlockCount < head.blockCount) return;
  const HostNs end = hostNow();
  lock.unlock();
  // The head stays in the queue meanwhile: whoever waits for it finds what onDone wrote.
  if (head.onDone) head.onDone(stream.start, end);
  lock.lock();
  stream.queue.pop_front();
  stream.nextBlock = 0;
  stream.doneBlockCount = 0;
  gridDone_.notify_all();
  if (!stream.queue.empty()) blocksToTake_.notify_all();
}

}  // namespace hka::addon
