// A small model of what a GPU does with a grid: streams are queues in order, the head of each is running, and every free thread
// takes the next blocks of a running grid, from one stream after the other.
//
//   stream 0   [A A A .] [B B]          thread 0: A A C A ...
//   stream 1   [C C] [D]                thread 1: A C B B ...
//
// One mutex guards everything; blocks run and are reported without it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "addon/clock.h"
#include "addon/cpu/block_range.h"

namespace hka::addon {

struct GridWork {
  BlockRange run;
  uint64_t blockCount = 0;
  // Called once on a device thread when the last block is done, before anybody who waits is woken. Must not throw.
  std::function<void(HostNs start, HostNs end)> onDone;
};

class BlockScheduler {
 public:
  explicit BlockScheduler(uint32_t threadCount);
  ~BlockScheduler();  // waits for all work
  BlockScheduler(const BlockScheduler&) = delete;
  BlockScheduler& operator=(const BlockScheduler&) = delete;

  // A new stream; its number counts from 0.
  uint32_t addStream();
  // Queues work behind what the stream has. Waits for room when kQueuedMax grids are queued, as CUDA's launch queue does.
  void submit(uint32_t stream, GridWork work);
  void waitStream(uint32_t stream);
  void waitAll();

 private:
  static constexpr size_t kQueuedMax = 1024;  // CUDA's own queue of launches is of this order

  struct Stream {
    std::deque<GridWork> queue;  // the head is running
    uint64_t nextBlock = 0;      // of the head
    uint64_t doneBlockCount = 0;
    HostNs start;
  };

  // Ends the threads when all work is done.
  void close();
  void runThread(uint32_t threadIndex);
  // The next stream, in turn, whose head has blocks left; nullptr when none has. Call with the lock held.
  Stream* streamWithBlocks();
  // Takes blocks of the head and runs them; finishes the head when they were the last.
  void runBlocks(Stream& stream, std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable blocksToTake_;
  std::condition_variable gridDone_;
  std::deque<Stream> streams_;  // a deque, so that references survive addStream()
  size_t turn_ = 0;
  bool isClosing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace hka::addon
