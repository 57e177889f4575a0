// What the collector exports to programs that mark batches, writing each call as a line into the file named by FAKE_BATCHES.
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#define PUBLIC extern "C" __attribute__((visibility("default")))

namespace {

void write(const char* word, unsigned long long batch) {
  const char* path = std::getenv("FAKE_BATCHES");
  std::FILE* file = path == nullptr ? nullptr : std::fopen(path, "a");
  if (file == nullptr) return;
  std::fprintf(file, "%s %llu %s\n", word, batch, syscall(SYS_gettid) == getpid() ? "main" : "pool");
  std::fclose(file);
}

}  // namespace

PUBLIC void HookAnalyzerPushBatch(uint64_t batch) { write("push", batch); }
PUBLIC void HookAnalyzerPopBatch() { write("pop", 0); }
