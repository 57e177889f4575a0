#include "addon/demangle.h"

#include <algorithm>
#include <csetjmp>
#include <cstring>

#include "wire/packet_writer.h"

// libstdc++'s demangler that hands out its text in pieces (in every libstdc++.a since GCC 4.3, declared in no header). It allocates
// nothing, so it may be left by a jump. abi::__cxa_demangle would build the whole text first, and a hostile name of 200 bytes can
// stand for gigabytes.
extern "C" int __gcclibcxx_demangle_callback(const char* mangled, void (*onText)(const char* text, size_t bytes, void* opaque),
                                             void* opaque);

namespace hka::addon {
namespace {

// Trivial, because a jump runs no destructor.
struct Collected {
  char text[wire::kStringBytesMax + 1];
  size_t bytes;
  jmp_buf onFull;
};

void collect(const char* text, size_t bytes, void* opaque) {
  auto* collected = static_cast<Collected*>(opaque);
  const size_t taken = std::min(bytes, sizeof(collected->text) - collected->bytes);
  std::memcpy(collected->text + collected->bytes, text, taken);
  collected->bytes += taken;
  if (collected->bytes == sizeof(collected->text)) std::longjmp(collected->onFull, 1);
}

// Whether the name was a mangled one. Apart, so that no object with a destructor lives where setjmp returns a second time.
bool demangleInto(Collected& collected, const char* name) {
  if (setjmp(collected.onFull) != 0) return true;
  return __gcclibcxx_demangle_callback(name, collect, &collected) == 0;
}

}  // namespace

std::string demangle(const std::string& name) {
  // The demangler also reads bare types, and would turn a function called "i" into "int".
  const bool isMangled = name.compare(0, 2, "_Z") == 0 && name.size() <= wire::kStringBytesMax;
  if (!isMangled) return name;
  Collected collected;
  collected.bytes = 0;
  if (!demangleInto(collected, name.c_str())) return name;
  const std::string_view text(collected.text, collected.bytes);
  std::string kept(wire::cutText(text));
  if (kept.size() < text.size()) kept += wire::kEllipsis;
  return kept;
}

}  // namespace hka::addon
