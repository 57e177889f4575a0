#pragma once

#include <string>

namespace hka::addon {

// A C++ name as a person writes it, or the name itself when it is not a mangled one. Longer than 8192 bytes, the format's limit of a
// string, it is left alone or cut.
std::string demangle(const std::string& name);

}  // namespace hka::addon
