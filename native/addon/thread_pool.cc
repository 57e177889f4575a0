#include "thread_pool.h"

namespace hka {

ThreadPool::ThreadPool(size_t threadCount) {
  for (size_t i = 1; i < threadCount; ++i) threads_.emplace_back([this] { work(); });
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    isClosing_ = true;
  }
  begun_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void ThreadPool::forEachBlock(size_t blockCount, const std::function<void(size_t)>& run) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    run_ = &run;
    blockCount_ = blockCount;
    nextBlock_.store(0, std::memory_order_relaxed);
    busyCount_ = threads_.size();
    ++launch_;
  }
  begun_.notify_all();
  takeBlocks();
  std::unique_lock<std::mutex> lock(mutex_);
  done_.wait(lock, [this] { return busyCount_ == 0; });
}

void ThreadPool::takeBlocks() {
  for (size_t block; (block = nextBlock_.fetch_add(1, std::memory_order_relaxed)) < blockCount_;) (*run_)(block);
}

void ThreadPool::work() {
  uint64_t seen = 0;
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    begun_.wait(lock, [&] { return isClosing_ || launch_ != seen; });
    if (isClosing_) return;
    seen = launch_;
    lock.unlock();
    takeBlocks();
    lock.lock();
    if (--busyCount_ == 0) done_.notify_one();
  }
}

}  // namespace hka
