// The connection to the probe. Never blocks: what the socket does not take waits, up to a limit, and beyond it is dropped and
// counted by the caller.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "environment.h"

namespace hka {

struct Kinds {
  bool kernel = false, memcpy = false, memset = false, memory = false, api = false, nvtx = false, sync = false, overhead = false;
  [[nodiscard]] bool any() const { return kernel || memcpy || memset || memory || api || sync || overhead; }
};

class ProbeLink {
 public:
  static constexpr size_t kPendingBytesMax = 16 << 20;

  struct Welcome {
    uint64_t epochNs = 0;
    uint32_t sourceId = 0;
    Kinds kinds;
    bool wantsLatency = false;
  };

  ~ProbeLink() { close(); }

  // Connects and says hello; waits at most `timeoutMs` for the answer. False: there is no probe, and nothing is left open.
  bool open(const Environment& environment, int timeoutMs, Welcome& welcome);

  // Takes whole packets. False: they were dropped, because the probe is slower than the program.
  bool send(std::vector<uint8_t>&& packets);

  // Writes what the socket takes now. Gives the number of bytes.
  size_t pump();

  // Reads lines of the probe; true when one named new kinds.
  bool readKinds(Kinds& kinds);

  // Waits until the socket can be written or has something to read.
  void wait(int timeoutMs) const;

  [[nodiscard]] bool isAlive() const { return descriptor_ >= 0; }
  [[nodiscard]] bool isDrained() const { return pending_.empty(); }
  void close();
  // In the child of a fork: closes its copy of the descriptor and touches nothing else.
  void abandon();

 private:
  bool readAnswer(int timeoutMs, std::string& line);
  [[nodiscard]] bool isOurs() const;
  void forget();

  int descriptor_ = -1;
  uint64_t inode_ = 0;  // of the socket, to know it again
  std::deque<std::vector<uint8_t>> pending_;
  size_t pendingBytes_ = 0;
  size_t firstSent_ = 0;  // bytes of the first pending piece that have left
  std::string received_;
};

}  // namespace hka
