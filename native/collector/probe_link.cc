#include "probe_link.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "wire/layout.h"

namespace hka {
namespace {

constexpr const char* kPrefix = "HKA1 ";

// Percent-encodes as shared/wire/hello.ts does.
std::string encoded(const std::string& text) {
  std::string out;
  for (const char each : text) {
    if (std::isalnum(static_cast<unsigned char>(each)) || std::strchr("-_.", each)) {
      out += each;
    } else {
      char hex[4];
      std::snprintf(hex, sizeof(hex), "%%%02X", static_cast<unsigned char>(each));
      out += hex;
    }
  }
  return out;
}

std::string decoded(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::strtol(text.substr(i + 1, 2).c_str(), nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// The value of `key` in a hello line; false when the line does not have it.
bool valueOf(const std::string& line, const std::string& key, std::string& value) {
  const std::string wanted = " " + key + "=";
  const size_t at = line.find(wanted);
  if (at == std::string::npos) return false;
  const size_t begin = at + wanted.size();
  value = decoded(line.substr(begin, line.find(' ', begin) - begin));
  return true;
}

Kinds kindsFrom(const std::string& text) {
  const std::string list = "," + text + ",";
  const auto has = [&](const char* word) { return list.find(std::string(",") + word + ",") != std::string::npos; };
  Kinds kinds;
  kinds.kernel = has("kernel");
  kinds.memcpy = has("memcpy");
  kinds.memset = has("memset");
  kinds.memory = has("memory");
  kinds.api = has("api");
  kinds.nvtx = has("nvtx");
  kinds.sync = has("sync");
  kinds.overhead = has("overhead");
  return kinds;
}

}  // namespace

bool ProbeLink::open(const Environment& environment, int timeoutMs, Welcome& welcome) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (environment.socketPath.empty() || environment.socketPath.size() >= sizeof(address.sun_path)) return false;
  std::memcpy(address.sun_path, environment.socketPath.c_str(), environment.socketPath.size() + 1);
  descriptor_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor_ < 0) return false;
  const std::string hello = std::string(kPrefix) + "role=collector version=" + std::to_string(wire::kFormatVersion) +
                            " pid=" + std::to_string(getpid()) + " target=" + encoded(environment.target) +
                            " kinds=kernel,memcpy,memset,memory,api,nvtx,overhead\n";
  struct stat made {};
  if (fstat(descriptor_, &made) == 0) inode_ = made.st_ino;
  std::string line;
  std::string value;
  const bool isOpen = connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 &&
                      ::send(descriptor_, hello.data(), hello.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(hello.size()) &&
                      readAnswer(timeoutMs, line) && valueOf(line, "ok", value);
  if (!isOpen) {
    close();
    return false;
  }
  if (valueOf(line, "epochNs", value)) welcome.epochNs = std::strtoull(value.c_str(), nullptr, 10);
  if (valueOf(line, "sourceId", value)) welcome.sourceId = static_cast<uint32_t>(std::strtoul(value.c_str(), nullptr, 10));
  if (valueOf(line, "kinds", value)) welcome.kinds = kindsFrom(value);
  welcome.wantsLatency = valueOf(line, "latency", value) && value == "1";
  return true;
}

bool ProbeLink::readAnswer(int timeoutMs, std::string& line) {
  const uint64_t deadlineNs = monotonicNs() + static_cast<uint64_t>(timeoutMs) * 1000000;
  while (monotonicNs() < deadlineNs && received_.size() <= wire::kHelloBytesMax) {
    const size_t newline = received_.find('\n');
    if (newline != std::string::npos) {
      line = received_.substr(0, newline);
      received_.erase(0, newline + 1);
      return line.compare(0, std::strlen(kPrefix), kPrefix) == 0;
    }
    pollfd wanted{descriptor_, POLLIN, 0};
    if (poll(&wanted, 1, 10) <= 0) continue;
    char chunk[1024];
    const ssize_t count = recv(descriptor_, chunk, sizeof(chunk), 0);
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) return false;
    if (count > 0) received_.append(chunk, static_cast<size_t>(count));
  }
  return false;
}

bool ProbeLink::send(std::vector<uint8_t>&& packets) {
  if (packets.empty()) return true;
  if (!isAlive() || pendingBytes_ + packets.size() > kPendingBytesMax) return false;
  pendingBytes_ += packets.size();
  pending_.push_back(std::move(packets));
  return true;
}

// A target that closes every descriptor, as daemons do, may get our number for a file of its own.
bool ProbeLink::isOurs() const {
  struct stat now {};
  return fstat(descriptor_, &now) == 0 && S_ISSOCK(now.st_mode) && now.st_ino == inode_;
}

size_t ProbeLink::pump() {
  if (isAlive() && !isOurs()) forget();
  size_t sent = 0;
  while (isAlive() && !pending_.empty()) {
    const auto& first = pending_.front();
    const ssize_t count = ::send(descriptor_, first.data() + firstSent_, first.size() - firstSent_, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) close();
      break;
    }
    sent += static_cast<size_t>(count);
    firstSent_ += static_cast<size_t>(count);
    if (firstSent_ < first.size()) continue;
    pendingBytes_ -= first.size();
    pending_.pop_front();
    firstSent_ = 0;
  }
  return sent;
}

bool ProbeLink::readKinds(Kinds& kinds) {
  if (isAlive() && !isOurs()) forget();
  char chunk[1024];
  while (isAlive()) {
    const ssize_t count = recv(descriptor_, chunk, sizeof(chunk), MSG_DONTWAIT);
    if (count > 0) {
      received_.append(chunk, static_cast<size_t>(count));
      if (received_.size() <= wire::kHelloBytesMax) continue;
    }
    const bool isOver = count == 0 || received_.size() > wire::kHelloBytesMax || (count < 0 && errno != EAGAIN && errno != EINTR);
    if (isOver) close();
    break;
  }
  bool isNew = false;
  for (size_t newline; (newline = received_.find('\n')) != std::string::npos; received_.erase(0, newline + 1)) {
    std::string value;
    if (!valueOf(received_.substr(0, newline), "kinds", value)) continue;
    kinds = kindsFrom(value);
    isNew = true;
  }
  return isNew;
}

void ProbeLink::wait(int timeoutMs) const {
  pollfd wanted{descriptor_, static_cast<short>(POLLIN | (pending_.empty() ? 0 : POLLOUT)), 0};
  poll(&wanted, isAlive() ? 1 : 0, timeoutMs);
}

void ProbeLink::close() {
  if (descriptor_ >= 0 && isOurs()) ::close(descriptor_);
  forget();
}

void ProbeLink::forget() {
  descriptor_ = -1;
  pending_.clear();
  pendingBytes_ = 0;
  firstSent_ = 0;
}

void ProbeLink::abandon() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

}  // namespace hka
