#include "addon/cuda/compiler/cubin_kernels.h"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <map>

namespace hka::addon {
namespace {

constexpr uint8_t kEntryMark = 0x10;          // STO_CUDA_ENTRY of a symbol's st_other
constexpr uint8_t kParameterAttribute = 0x17;  // EIATTR_KPARAM_INFO
constexpr uint8_t kSizedFormat = 0x04;        // EIFMT_SVAL: two bytes of size, then the value; other formats carry two bytes
constexpr size_t kParameterBytes = 12;        // index u32, ordinal u16, offset u16, then the size in the upper 14 of 32 bits
constexpr uint32_t kParameterSizeShift = 18;
constexpr uint32_t kParameterCountMax = 4096;  // CUDA has room for 32,764 bytes of them; nobody writes so many

// Reads inside the file only; past its end everything is zero.
class Bytes {
 public:
  explicit Bytes(const std::vector<uint8_t>& bytes) : bytes_(bytes) {}
  template <class T>
  T at(uint64_t offset) const {
    T value{};
    if (offset <= bytes_.size() && sizeof(T) <= bytes_.size() - offset) std::memcpy(&value, bytes_.data() + offset, sizeof(T));
    return value;
  }
  std::string text(uint64_t offset) const {
    std::string text;
    while (offset < bytes_.size() && bytes_[offset] != 0) text += static_cast<char>(bytes_[offset++]);
    return text;
  }
  [[nodiscard]] uint64_t size() const { return bytes_.size(); }

 private:
  const std::vector<uint8_t>& bytes_;
};

std::vector<uint32_t> readParameters(const Bytes& file, const Elf64_Shdr& section) {
  std::map<uint16_t, uint32_t> sizes;
  const uint64_t end = std::min<uint64_t>(section.sh_offset + section.sh_size, file.size());
  for (uint64_t at = section.sh_offset; at + 4 <= end;) {
    const bool isSized = file.at<uint8_t>(at) == kSizedFormat;
    const auto attribute = file.at<uint8_t>(at + 1);
    const auto valueBytes = file.at<uint16_t>(at + 2);
    if (isSized && attribute == kParameterAttribute && valueBytes >= kParameterBytes) {
      sizes[file.at<uint16_t>(at + 8)] = file.at<uint32_t>(at + 12) >> kParameterSizeShift;
    }
    at += 4 + (isSized ? valueBytes : 0);
  }
  std::vector<uint32_t> parameters;
  if (sizes.size() > kParameterCountMax) return parameters;
  for (const auto& [ordinal, bytes] : sizes) parameters.push_back(bytes);
  return parameters;
}

}  // namespace

std::vector<CubinKernel> readCubinKernels(const std::vector<uint8_t>& cubin) {
  const Bytes file(cubin);
  const auto header = file.at<Elf64_Ehdr>(0);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_shentsize != sizeof(Elf64_Shdr)) return {};
  std::vector<Elf64_Shdr> sections;
  for (uint16_t index = 0; index < header.e_shnum; ++index) sections.push_back(file.at<Elf64_Shdr>(header.e_shoff + index * sizeof(Elf64_Shdr)));
  if (header.e_shstrndx >= sections.size()) return {};
  std::map<std::string, const Elf64_Shdr*> byName;
  for (const Elf64_Shdr& section : sections) byName[file.text(sections[header.e_shstrndx].sh_offset + section.sh_name)] = &section;

  std::vector<CubinKernel> kernels;
  for (const Elf64_Shdr& table : sections) {
    if (table.sh_type != SHT_SYMTAB || table.sh_link >= sections.size()) continue;
    const uint64_t end = std::min<uint64_t>(table.sh_offset + table.sh_size, file.size());
    for (uint64_t at = table.sh_offset; at + sizeof(Elf64_Sym) <= end; at += sizeof(Elf64_Sym)) {
      const auto symbol = file.at<Elf64_Sym>(at);
      if (ELF64_ST_TYPE(symbol.st_info) != STT_FUNC || (symbol.st_other & kEntryMark) == 0) continue;
      CubinKernel& kernel = kernels.emplace_back();
      kernel.symbol = file.text(sections[table.sh_link].sh_offset + symbol.st_name);
      if (const auto found = byName.find(".nv.info." + kernel.symbol); found != byName.end()) kernel.parameterBytes = readParameters(file, *found->second);
    }
  }
  return kernels;
}

}  // namespace hka::addon
