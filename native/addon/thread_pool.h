// Runs the blocks of one launch on a fixed set of threads. One launch at a time: the caller waits until the last block is done.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace hka {

class ThreadPool {
 public:
  // `threadCount` includes the calling thread, which works too.
  explicit ThreadPool(size_t threadCount);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  [[nodiscard]] size_t threadCount() const { return threads_.size() + 1; }

  // Calls run(block) once for each block in 0..blockCount-1, in any order, and returns when all are done. run() must not throw.
  void forEachBlock(size_t blockCount, const std::function<void(size_t)>& run);

 private:
  void work();
  void takeBlocks();

  std::mutex mutex_;  // guards the members down to isClosing_
  std::condition_variable begun_;
  std::condition_variable done_;
  uint64_t launch_ = 0;
  size_t busyCount_ = 0;
  bool isClosing_ = false;

  // Written by the caller before begun_, read by the workers behind it.
  const std::function<void(size_t)>* run_ = nullptr;
  size_t blockCount_ = 0;
  std::atomic<size_t> nextBlock_{0};
  std::vector<std::thread> threads_;
};

}  // namespace hka
