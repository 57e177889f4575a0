// A program as the CUDA driver would run it: loads the injected library like cuInit, then does what its first argument says.
#include <dlfcn.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

namespace {

void (*emit)(uint32_t, const void*, size_t) = nullptr;
uint64_t (*nowNs)() = nullptr;
void (*pushBatch)(uint64_t) = nullptr;
void (*popBatch)() = nullptr;

// cuInit, as far as it concerns us.
void startCuda() {
  if (const char* path = std::getenv("HOOKANALYZER_CUPTI")) {
    if (void* cupti = dlopen(path, RTLD_NOW | RTLD_GLOBAL)) {
      emit = reinterpret_cast<void (*)(uint32_t, const void*, size_t)>(dlsym(cupti, "fakeEmit"));
      nowNs = reinterpret_cast<uint64_t (*)()>(dlsym(cupti, "fakeNowNs"));
    }
  }
  const char* injected = std::getenv("CUDA_INJECTION64_PATH");
  void* library = injected ? dlopen(injected, RTLD_NOW) : nullptr;
  if (library == nullptr) return;
  if (const auto start = reinterpret_cast<int (*)()>(dlsym(library, "InitializeInjection"))) start();
  pushBatch = reinterpret_cast<void (*)(uint64_t)>(dlsym(library, "HookAnalyzerPushBatch"));
  popBatch = reinterpret_cast<void (*)()>(dlsym(library, "HookAnalyzerPopBatch"));
}

template <class T>
void put(uint8_t* record, size_t at, T value) {
  std::memcpy(record + at, &value, sizeof(value));
}

void kernel(uint32_t correlation, uint32_t stream, const char* name) {
  if (!emit) return;
  uint8_t record[160] = {};
  const uint64_t endNs = nowNs();
  put<uint16_t>(record, 6, 32);
  put<uint64_t>(record, 16, endNs - 1000);
  put<uint64_t>(record, 24, endNs);
  put<uint32_t>(record, 44, 1);
  put<uint32_t>(record, 48, stream);
  for (size_t at = 52; at <= 72; at += 4) put<uint32_t>(record, at, 4);
  put<uint32_t>(record, 92, correlation);
  put<const char*>(record, 104, name);
  put<uint64_t>(record, 144, 0);
  emit(10, record, sizeof(record));
}

void call(uint32_t kind, uint32_t callbackId, uint32_t correlation, uint64_t startNs, uint64_t endNs) {
  if (!emit) return;
  uint8_t record[40] = {};
  put<uint32_t>(record, 4, callbackId);
  put<uint64_t>(record, 8, startNs);
  put<uint64_t>(record, 16, endNs);
  put<uint32_t>(record, 28, static_cast<uint32_t>(syscall(SYS_gettid)));
  put<uint32_t>(record, 32, correlation);
  emit(kind, record, sizeof(record));
}

void launches(int count, uint32_t stream) {
  for (int i = 0; i < count; ++i) {
    const auto correlation = static_cast<uint32_t>(stream * 1000000 + static_cast<uint32_t>(i) + 1);
    const uint64_t startNs = nowNs ? nowNs() : 0;
    kernel(correlation, stream, i % 2 ? "_Z5firstv" : "_Z6secondv");
    call(5, 211, correlation, startNs, startNs + 500);
  }
}

// One record of every kind, and calls that must not become rows.
void everything() {
  if (!emit) return;
  const uint64_t at = nowNs();
  uint8_t device[184] = {};
  put<uint64_t>(device, 16, 8ull << 30);
  put<uint32_t>(device, 44, 8);
  put<uint32_t>(device, 104, 8);
  put<uint32_t>(device, 108, 7);
  put<const char*>(device, 136, "Fake Orin");
  emit(8, device, sizeof(device));
  uint8_t context[16] = {};
  put<uint32_t>(context, 4, 1);
  emit(9, context, sizeof(context));
  uint8_t stream[24] = {};
  put<uint32_t>(stream, 4, 1);
  put<uint32_t>(stream, 8, 7);
  put<uint32_t>(stream, 16, 3);
  emit(37, stream, sizeof(stream));
  uint8_t copy[80] = {};
  copy[4] = 1;
  copy[5] = 1;
  copy[6] = 3;
  copy[7] = 1;
  put<uint64_t>(copy, 8, 4096);
  put<uint64_t>(copy, 16, at);
  put<uint64_t>(copy, 24, at + 100);
  put<uint32_t>(copy, 44, 11);
  emit(1, copy, sizeof(copy));
  uint8_t peer[96] = {};
  peer[4] = 10;
  put<uint64_t>(peer, 8, 8192);
  put<uint64_t>(peer, 16, at);
  put<uint64_t>(peer, 24, at + 100);
  put<uint32_t>(peer, 52, 1);
  put<uint32_t>(peer, 60, 12);
  emit(22, peer, sizeof(peer));
  uint8_t fill[88] = {};
  put<uint64_t>(fill, 8, 512);
  put<uint64_t>(fill, 16, at);
  put<uint64_t>(fill, 24, at + 50);
  put<uint32_t>(fill, 44, 13);
  put<uint16_t>(fill, 50, 3);
  emit(2, fill, sizeof(fill));
  uint8_t memory[112] = {};
  put<uint32_t>(memory, 4, 1);
  put<uint32_t>(memory, 8, 3);
  put<uint64_t>(memory, 16, 0x7f0000001000);
  put<uint64_t>(memory, 24, 65536);
  put<uint64_t>(memory, 32, at);
  put<uint32_t>(memory, 80, 1);
  put<uint64_t>(memory, 88, 0x302000000);
  emit(49, memory, sizeof(memory));
  uint8_t wait[40] = {};
  put<uint32_t>(wait, 4, 3);
  put<uint64_t>(wait, 8, at);
  put<uint64_t>(wait, 16, at + 10);
  emit(38, wait, sizeof(wait));
  uint8_t overhead[40] = {};
  put<uint32_t>(overhead, 4, 1 << 16);
  put<uint64_t>(overhead, 24, at);
  put<uint64_t>(overhead, 32, at + 10);
  emit(17, overhead, sizeof(overhead));
  // A kernel that could not be timed.
  uint8_t untimed[160] = {};
  put<const char*>(untimed, 104, "_Z7untimedv");
  emit(10, untimed, sizeof(untimed));
  call(5, 17, 20, at, at + 10);     // cudaGetDevice: chatty
  call(4, 307, 21, at + 2, at + 8);  // cuLaunchKernel inside the runtime call below
  call(5, 211, 21, at, at + 10);
  call(4, 307, 22, at + 20, at + 30);  // cuLaunchKernel by the program itself
  call(4, 5, 23, at + 40, at + 41);    // a driver call that nobody asked for
}

// Batches of two threads at once, 100 * stream + 1 and on: two launches each, a chatty call and a driver call inside the second launch; between
// them a launch that belongs to none.
void batches(int count, uint32_t stream) {
  if (!emit || !pushBatch) return;
  for (int i = 0; i < count; ++i) {
    const uint32_t first = stream * 1000000 + static_cast<uint32_t>(i) * 10;
    const auto launch = [&](uint32_t correlation) {
      const uint64_t startNs = nowNs();
      kernel(correlation, stream, "_Z5firstv");
      call(4, 307, correlation, startNs + 1, startNs + 2);
      call(5, 211, correlation, startNs, startNs + 500);
    };
    pushBatch(100 * stream + static_cast<uint32_t>(i) + 1);
    launch(first + 1);
    call(5, 17, first + 2, nowNs(), nowNs());  // cudaGetDevice
    pushBatch(7);  // one within the other: the inner one has the calls
    launch(first + 3);
    popBatch();
    launch(first + 4);
    popBatch();
    popBatch();  // one too many
    launch(first + 5);
  }
}

// NVTX as a library that carries it would call us.
using Pointer = void (*)();
Pointer core[16];
Pointer core2[16];
Pointer* coreTable[16];
Pointer* core2Table[16];
int getModule(int module, Pointer*** table, unsigned* count) {
  *table = module == 1 ? coreTable : core2Table;
  *count = 16;
  return module == 1 || module == 5;
}
struct Table {
  size_t byteCount;
  int (*getModule)(int, Pointer***, unsigned*);
} table{sizeof(Table), getModule};
const void* exportTable(uint32_t id) { return id == 1 ? &table : nullptr; }
struct Attributes {
  uint16_t version, byteCount;
  uint32_t category;
  int32_t colorType;
  uint32_t color;
  int32_t payloadType, reserved;
  uint64_t payload;
  int32_t messageType;
  const void* message;
};

template <class F>
F as(Pointer pointer) { return reinterpret_cast<F>(pointer); }

void ranges() {
  for (int i = 0; i < 16; ++i) {
    coreTable[i] = &core[i];
    core2Table[i] = &core2[i];
  }
  const char* injected = std::getenv("NVTX_INJECTION64_PATH");
  void* library = injected ? dlopen(injected, RTLD_NOW) : nullptr;
  const auto start = library ? reinterpret_cast<int (*)(const void* (*)(uint32_t))>(dlsym(library, "InitializeInjectionNvtx2")) : nullptr;
  if (start == nullptr || !start(exportTable)) return;
  const auto push = as<int (*)(const char*)>(core[9]);
  const auto pop = as<int (*)()>(core[11]);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) {
        push("outer");
        push("inner");
        pop();
        pop();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  as<void (*)(const wchar_t*)>(core[3])(L"märk");
  const void* domain = as<const void* (*)(const char*)>(core2[12])("domain");
  const void* message = as<const void* (*)(const void*, const char*)>(core2[10])(domain, "registered");
  as<void (*)(const void*, uint32_t, const char*)>(core2[8])(domain, 5, "category");
  Attributes attributes{3, sizeof(Attributes), 5, 1, 0xff00ff00, 0, 0, 0, 3, message};
  as<int (*)(const void*, const Attributes*)>(core2[4])(domain, &attributes);
  as<int (*)(const void*)>(core2[5])(domain);
  const auto id = as<uint64_t (*)(const char*)>(core[5])("across");
  std::thread([&] { as<void (*)(uint64_t)>(core[7])(id); }).join();
  if (pop() != -2) std::puts("a pop without a push was taken for one");
  push("never ends");
}

int inChild(int (*run)()) {
  const pid_t child = fork();
  if (child == 0) _exit(run());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

}  // namespace

int main(int argumentCount, char** arguments) {
  setvbuf(stdout, nullptr, _IOLBF, 0);  // what is said is seen at once, and a child of a fork has nothing left to say
  const std::string mode = argumentCount > 1 ? arguments[1] : "kernels";
  const int count = argumentCount > 2 ? std::atoi(arguments[2]) : 100;
  if (mode == "forkfirst") {
    // CUDA is touched in both processes, after the fork.
    const int code = inChild([] {
      startCuda();
      launches(7, 2);
      std::exit(0);
      return 0;
    });
    startCuda();
    launches(count, 1);
    return code;
  }
  if (mode != "nvtx") startCuda();
  std::puts("working");
  if (mode == "kernels") {
    std::vector<std::thread> threads;
    for (uint32_t stream = 1; stream <= 4; ++stream) threads.emplace_back([=] { launches(count, stream); });
    for (auto& thread : threads) thread.join();
  } else if (mode == "batches") {
    std::thread other([=] { batches(count, 2); });
    batches(count, 1);
    other.join();
  } else if (mode == "everything") {
    everything();
  } else if (mode == "nvtx") {
    ranges();
  } else if (mode == "fork") {
    launches(count, 1);
    const int code = inChild([] { return 5; });
    const int exited = inChild([]() -> int { std::exit(6); });
    launches(count, 2);
    std::printf("children %d %d\n", code, exited);
  } else if (mode == "batchfork") {
    // The child ends the parent's batch and has one of its own.
    batches(count, 1);
    pushBatch(1);
    const int code = inChild([] {
      popBatch();
      pushBatch(2);
      popBatch();
      return 5;
    });
    popBatch();
    batches(count, 2);
    std::printf("child %d\n", code);
  } else if (mode == "closefds") {
    // As a daemon does: every descriptor is closed, and the numbers go to files of its own.
    launches(count, 1);
    usleep(200000);
    for (int descriptor = 3; descriptor < 256; ++descriptor) close(descriptor);
    FILE* own[16];
    for (auto& file : own) file = tmpfile();
    launches(count, 2);
    usleep(200000);
    long foreign = 0;
    for (auto* file : own) {
      std::fseek(file, 0, SEEK_END);
      foreign += std::ftell(file);
    }
    std::printf("%ld foreign bytes\n", foreign);
  } else if (mode == "exec") {
    launches(count, 1);
    std::fflush(stdout);
    usleep(300000);  // what was flushed until the exec is kept
    execl(arguments[0], arguments[0], "kernels", "10", nullptr);
    return 98;
  } else if (mode == "_exit") {
    launches(count, 1);
    std::fflush(stdout);
    usleep(300000);
    _exit(3);
  } else if (mode == "abort") {
    launches(count, 1);
    std::fflush(stdout);
    usleep(300000);
    std::abort();
  } else if (mode == "steady") {
    // Until it is killed, or for `count` tenths of a second.
    for (int i = 0; i < count; ++i) {
      launches(10, 1);
      std::printf("%d\n", i);
      std::fflush(stdout);
      usleep(100000);
    }
  }
  std::puts("done");
  return mode == "code" ? 42 : 0;
}
