// The words of a family's header, such as kGemmVariants, as WorkArguments takes them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace hka::addon {

template <size_t kCount>
std::vector<std::string> wordsOf(const char* const (&words)[kCount]) {
  return {words, words + kCount};
}

}  // namespace hka::addon
