#include "nvtx.h"

#include <atomic>
#include <cstring>
#include <cwchar>
#include <map>
#include <mutex>
#include <new>
#include <unordered_map>

#include "environment.h"
#include "wire/layout.h"

namespace hka::nvtx {
namespace {

using wire::RangeKind;

// From nvtx3/nvtxDetail/nvtxTypes.h, whose layout NVTX promises to keep.
constexpr uint32_t kTableOfCallbacks = 1;  // NVTX_ETID_CALLBACKS
constexpr int kModuleCore = 1;
constexpr int kModuleCore2 = 5;
using Pointer = void (*)();
struct CallbackTable {
  size_t structBytes;
  int (*getModule)(int module, Pointer*** table, unsigned* count);
};
enum Core { kMarkEx = 1, kMarkA, kMarkW, kStartEx, kStartA, kStartW, kEnd, kPushEx, kPushA, kPushW, kPop, kNameCategoryA, kNameCategoryW };
enum Core2 { kDomainMarkEx = 1, kDomainStartEx, kDomainEnd, kDomainPushEx, kDomainPop, kDomainNameCategoryA = 8, kDomainNameCategoryW, kRegisterA, kRegisterW, kCreateA, kCreateW, kDestroy };

// nvtxEventAttributes_t, version 2 and 3.
struct Attributes {
  uint16_t version;
  uint16_t byteCount;
  uint32_t category;
  int32_t colorType;
  uint32_t color;
  int32_t payloadType;
  int32_t reserved;
  uint64_t payload;
  int32_t messageType;
  const void* message;
};
static_assert(offsetof(Attributes, message) == 40);
constexpr int32_t kColorArgb = 1;
constexpr int32_t kMessageAscii = 1;
constexpr int32_t kMessageUnicode = 2;
constexpr int32_t kMessageRegistered = 3;

constexpr size_t kQueuedMax = 1 << 16;
constexpr size_t kOpenMax = 4096;       // ranges open on one thread
constexpr size_t kOpenRangesMax = 65536;  // started and not ended
constexpr int kErrorNoRange = -2;       // NVTX_NO_PUSH_POP_TRACKING is -2: what NVTX gives where nothing is tracked

struct Text {
  std::string text;
};
struct Domain {
  std::string name;
};

// The stack of one thread. Only its own thread pushes and pops; the writer reads it once, at the end, so the lock is free else.
struct Stack {
  std::mutex mutex;
  uint32_t generation = 0;
  std::vector<Event> open;
};

struct Shared {
  std::mutex mutex;
  std::vector<Event> queue;
  uint64_t dropped = 0;
  std::unordered_map<uint64_t, Event> started;
  uint64_t lastRange = 0;
  std::vector<Stack*> stacks;
  std::map<std::pair<const Domain*, uint32_t>, std::string> categories;
};

std::atomic<bool> isOn{false};
std::atomic<uint32_t> generation{0};
// Never destroyed: threads may call until the process is gone.
Shared& shared() {
  static auto* const value = new Shared;
  return *value;
}

Stack& stackOfThread() {
  thread_local Stack* stack = nullptr;
  if (stack == nullptr) {
    stack = new Stack;
    const std::lock_guard<std::mutex> lock(shared().mutex);
    shared().stacks.push_back(stack);
  }
  return *stack;
}

void appendUtf8(std::string& out, uint32_t code) {
  const auto put = [&](uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | (code >> 6));
    put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | ((code >> 18) & 7));
    put(0x80 | ((code >> 12) & 0x3f));
    put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  }
}

std::string fromWide(const wchar_t* text) {
  std::string out;
  for (; text && *text && out.size() < wire::kStringBytesMax; ++text) appendUtf8(out, static_cast<uint32_t>(*text));
  return out;
}

std::string fromNarrow(const char* text) { return text ? std::string(text, strnlen(text, wire::kStringBytesMax)) : std::string(); }

std::string messageOf(const Attributes& attributes) {
  if (attributes.messageType == kMessageAscii) return fromNarrow(static_cast<const char*>(attributes.message));
  if (attributes.messageType == kMessageUnicode) return fromWide(static_cast<const wchar_t*>(attributes.message));
  if (attributes.messageType == kMessageRegistered && attributes.message) return static_cast<const Text*>(attributes.message)->text;
  return {};
}

std::string categoryOf(const Domain* domain, uint32_t category) {
  if (category == 0) return {};
  const std::lock_guard<std::mutex> lock(shared().mutex);
  const auto found = shared().categories.find({domain, category});
  return found != shared().categories.end() ? found->second : std::to_string(category);
}

Event eventOf(const Domain* domain, const Attributes* attributes, RangeKind kind) {
  Event event;
  event.kind = static_cast<uint8_t>(kind);
  event.thread = threadId();
  if (domain) event.domain = domain->name;
  if (attributes) {
    event.message = messageOf(*attributes);
    event.category = categoryOf(domain, attributes->category);
    if (attributes->colorType == kColorArgb) event.color = attributes->color;
  }
  event.startNs = monotonicNs();
  return event;
}

Event eventOf(std::string message, RangeKind kind) {
  Event event = eventOf(nullptr, nullptr, kind);
  event.message = std::move(message);
  return event;
}

void queue(Event&& event) {
  const std::lock_guard<std::mutex> lock(shared().mutex);
  if (shared().queue.size() < kQueuedMax) shared().queue.push_back(std::move(event));
  else ++shared().dropped;
}

// Runs on the target's thread: nothing may come out of it.
template <class Body>
auto guarded(Body&& body) noexcept -> decltype(body()) {
  try {
    return body();
  } catch (...) {  // no memory: the event is lost, the target goes on
    return decltype(body())();
  }
}

int push(Event&& event) {
  Stack& stack = stackOfThread();
  const std::lock_guard<std::mutex> lock(stack.mutex);
  const uint32_t now = generation.load(std::memory_order_relaxed);
  if (stack.generation != now) stack.open.clear();
  stack.generation = now;
  const size_t depth = stack.open.size();
  event.depth = static_cast<uint16_t>(depth);
  if (depth < kOpenMax) stack.open.push_back(std::move(event));
  return static_cast<int>(depth);
}

// Each domain has a stack of its own in NVTX; here the newest open range of the domain ends.
int pop(const Domain* domain) {
  const uint64_t endNs = monotonicNs();
  Stack& stack = stackOfThread();
  Event event;
  {
    const std::lock_guard<std::mutex> lock(stack.mutex);
    size_t index = stack.open.size();
    while (index > 0 && stack.open[index - 1].domain != (domain ? domain->name : std::string())) --index;
    if (index == 0) return kErrorNoRange;
    event = std::move(stack.open[index - 1]);
    stack.open.erase(stack.open.begin() + static_cast<long>(index) - 1);
  }
  const int depth = event.depth;
  event.endNs = endNs;
  event.endThread = event.thread;
  queue(std::move(event));
  return depth;
}

uint64_t start(Event&& event) {
  const std::lock_guard<std::mutex> lock(shared().mutex);
  const uint64_t id = ++shared().lastRange;
  if (shared().started.size() < kOpenRangesMax) shared().started.emplace(id, std::move(event));
  else ++shared().dropped;
  return id;
}

void end(uint64_t id) {
  const uint64_t endNs = monotonicNs();
  const uint32_t thread = threadId();
  const std::lock_guard<std::mutex> lock(shared().mutex);
  const auto found = shared().started.find(id);
  if (found == shared().started.end()) return;
  found->second.endNs = endNs;
  found->second.endThread = thread;
  if (shared().queue.size() < kQueuedMax) shared().queue.push_back(std::move(found->second));
  else ++shared().dropped;
  shared().started.erase(found);
}

void mark(Event&& event) {
  event.endNs = event.startNs;
  event.endThread = event.thread;
  queue(std::move(event));
}

bool off() { return !isOn.load(std::memory_order_relaxed); }

// The functions that NVTX calls.
void markEx(const Attributes* a) { if (!off() && a) guarded([&] { mark(eventOf(nullptr, a, RangeKind::kMark)); }); }
void markA(const char* m) { if (!off()) guarded([&] { mark(eventOf(fromNarrow(m), RangeKind::kMark)); }); }
void markW(const wchar_t* m) { if (!off()) guarded([&] { mark(eventOf(fromWide(m), RangeKind::kMark)); }); }
uint64_t startEx(const Attributes* a) { return off() || !a ? 0 : guarded([&] { return start(eventOf(nullptr, a, RangeKind::kStartEnd)); }); }
uint64_t startA(const char* m) { return off() ? 0 : guarded([&] { return start(eventOf(fromNarrow(m), RangeKind::kStartEnd)); }); }
uint64_t startW(const wchar_t* m) { return off() ? 0 : guarded([&] { return start(eventOf(fromWide(m), RangeKind::kStartEnd)); }); }
void endRange(uint64_t id) { if (!off()) guarded([&] { end(id); }); }
int pushEx(const Attributes* a) { return off() || !a ? kErrorNoRange : guarded([&] { return push(eventOf(nullptr, a, RangeKind::kPushPop)); }); }
int pushA(const char* m) { return off() ? kErrorNoRange : guarded([&] { return push(eventOf(fromNarrow(m), RangeKind::kPushPop)); }); }
int pushW(const wchar_t* m) { return off() ? kErrorNoRange : guarded([&] { return push(eventOf(fromWide(m), RangeKind::kPushPop)); }); }
int popRange() { return off() ? kErrorNoRange : guarded([] { return pop(nullptr); }); }

void domainMarkEx(const Domain* d, const Attributes* a) { if (!off() && a) guarded([&] { mark(eventOf(d, a, RangeKind::kMark)); }); }
uint64_t domainStartEx(const Domain* d, const Attributes* a) { return off() || !a ? 0 : guarded([&] { return start(eventOf(d, a, RangeKind::kStartEnd)); }); }
void domainEnd(const Domain*, uint64_t id) { endRange(id); }
int domainPushEx(const Domain* d, const Attributes* a) { return off() || !a ? kErrorNoRange : guarded([&] { return push(eventOf(d, a, RangeKind::kPushPop)); }); }
int domainPop(const Domain* d) { return off() ? kErrorNoRange : guarded([&] { return pop(d); }); }

void nameCategory(const Domain* domain, uint32_t category, std::string name) {
  const std::lock_guard<std::mutex> lock(shared().mutex);
  shared().categories[{domain, category}] = std::move(name);
}
void nameCategoryA(uint32_t c, const char* n) { guarded([&] { nameCategory(nullptr, c, fromNarrow(n)); }); }
void nameCategoryW(uint32_t c, const wchar_t* n) { guarded([&] { nameCategory(nullptr, c, fromWide(n)); }); }
void domainNameCategoryA(const Domain* d, uint32_t c, const char* n) { guarded([&] { nameCategory(d, c, fromNarrow(n)); }); }
void domainNameCategoryW(const Domain* d, uint32_t c, const wchar_t* n) { guarded([&] { nameCategory(d, c, fromWide(n)); }); }

// Handles live as long as the process: the target may use them at any time.
const Text* registerA(const Domain*, const char* m) { return guarded([&]() -> const Text* { return new Text{fromNarrow(m)}; }); }
const Text* registerW(const Domain*, const wchar_t* m) { return guarded([&]() -> const Text* { return new Text{fromWide(m)}; }); }
const Domain* createA(const char* n) { return guarded([&]() -> const Domain* { return new Domain{fromNarrow(n)}; }); }
const Domain* createW(const wchar_t* n) { return guarded([&]() -> const Domain* { return new Domain{fromWide(n)}; }); }
void destroy(const Domain*) {}

}  // namespace

int install(const void* (*getExportTable)(uint32_t)) {
  const auto* callbacks = static_cast<const CallbackTable*>(getExportTable(kTableOfCallbacks));
  if (callbacks == nullptr || callbacks->structBytes < sizeof(CallbackTable)) return 0;
  const auto fill = [&](int module, std::initializer_list<std::pair<int, Pointer>> functions) {
    Pointer** table = nullptr;
    unsigned count = 0;
    if (!callbacks->getModule(module, &table, &count) || table == nullptr) return;
    for (const auto& [index, function] : functions) {
      if (static_cast<unsigned>(index) < count && table[index] != nullptr) *table[index] = function;
    }
  };
  const auto as = [](auto function) { return reinterpret_cast<Pointer>(function); };
  fill(kModuleCore, {{kMarkEx, as(markEx)}, {kMarkA, as(markA)}, {kMarkW, as(markW)}, {kStartEx, as(startEx)}, {kStartA, as(startA)},
                     {kStartW, as(startW)}, {kEnd, as(endRange)}, {kPushEx, as(pushEx)}, {kPushA, as(pushA)}, {kPushW, as(pushW)},
                     {kPop, as(popRange)}, {kNameCategoryA, as(nameCategoryA)}, {kNameCategoryW, as(nameCategoryW)}});
  fill(kModuleCore2, {{kDomainMarkEx, as(domainMarkEx)}, {kDomainStartEx, as(domainStartEx)}, {kDomainEnd, as(domainEnd)},
                      {kDomainPushEx, as(domainPushEx)}, {kDomainPop, as(domainPop)}, {kDomainNameCategoryA, as(domainNameCategoryA)},
                      {kDomainNameCategoryW, as(domainNameCategoryW)}, {kRegisterA, as(registerA)}, {kRegisterW, as(registerW)},
                      {kCreateA, as(createA)}, {kCreateW, as(createW)}, {kDestroy, as(destroy)}});
  return 1;
}

void setOn(bool on) {
  if (on && !isOn.load(std::memory_order_relaxed)) generation.fetch_add(1, std::memory_order_relaxed);
  isOn.store(on, std::memory_order_relaxed);
}

std::vector<Event> take() {
  std::vector<Event> taken;
  const std::lock_guard<std::mutex> lock(shared().mutex);
  taken.swap(shared().queue);
  return taken;
}

std::vector<Event> takeOpen() {
  std::vector<Event> open;
  const std::lock_guard<std::mutex> lock(shared().mutex);
  for (auto& each : shared().started) open.push_back(each.second);
  for (Stack* stack : shared().stacks) {
    const std::lock_guard<std::mutex> stackLock(stack->mutex);
    if (stack->generation == generation.load(std::memory_order_relaxed)) open.insert(open.end(), stack->open.begin(), stack->open.end());
  }
  return open;
}

uint64_t takeDropped() {
  const std::lock_guard<std::mutex> lock(shared().mutex);
  const uint64_t dropped = shared().dropped;
  shared().dropped = 0;
  return dropped;
}

// Another thread may have held the lock when the process was copied, so the old state is left as it is and a new one made in place.
void forget() {
  isOn.store(false, std::memory_order_relaxed);
  generation.fetch_add(1, std::memory_order_relaxed);
  new (&shared()) Shared;
}

}  // namespace hka::nvtx
