#include "names.h"

#include <cstring>

#include "wire/packet_writer.h"

namespace hka {

Names::Found Names::idOf(std::string_view text) {
  if (text.empty()) return {0, false};
  const std::string key(wire::cutText(text));
  const auto found = ids_.find(key);
  if (found != ids_.end()) return {found->second, false};
  if (ids_.size() >= kCountMax || bytes_ + key.size() > kBytesMax) {
    isFull_ = true;
    if (key != kTooMany) return idOf(kTooMany);
  }
  bytes_ += key.size();
  const auto id = static_cast<uint32_t>(ids_.size() + 1);
  ids_.emplace(key, id);
  return {id, true};
}

Names::Found Names::idOfPointer(const char* text) {
  if (text == nullptr) return {0, false};
  const auto known = pointers_.find(text);
  if (known != pointers_.end() && std::strcmp(known->second.text->c_str(), text) == 0) return {known->second.id, false};
  const Found found = idOf(text);
  const auto entry = ids_.find(std::string(wire::cutText(text)));
  if (entry != ids_.end()) pointers_[text] = {found.id, &entry->first};
  return found;
}

}  // namespace hka
