// The string table of this process: every text gets a number once. Writer thread only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace hka {

class Names {
 public:
  static constexpr size_t kCountMax = 1 << 16;
  static constexpr size_t kBytesMax = 32 << 20;

  struct Found {
    uint32_t id;
    bool isNew;
  };

  // The number of a text; 0 for the empty one. Past the limits every new text is kTooMany.
  Found idOf(std::string_view text);

  // The number of a C string that its owner keeps, found by its address. The text is compared, because an unloaded module's address
  // can come back with another name.
  Found idOfPointer(const char* text);

  [[nodiscard]] bool isFull() const { return isFull_; }
  static constexpr const char* kTooMany = "(too many names)";

 private:
  std::unordered_map<std::string, uint32_t> ids_;
  struct Known {
    uint32_t id;
    const std::string* text;
  };
  std::unordered_map<const char*, Known> pointers_;
  size_t bytes_ = 0;
  bool isFull_ = false;
};

}  // namespace hka
