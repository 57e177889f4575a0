// One JSON object a line, for programs whose answers a test reads.
#pragma once

#include <cmath>
#include <cstdio>
#include <string>

namespace check {

inline std::string jsonText(const std::string& text) {
  std::string quoted = "\"";
  for (const char each : text) {
    char escaped[8];
    std::snprintf(escaped, sizeof(escaped), "\\u%04x", static_cast<unsigned char>(each));
    const bool isPlain = static_cast<unsigned char>(each) >= 0x20 && each != '"' && each != '\\';
    quoted += isPlain ? std::string(1, each) : escaped;
  }
  return quoted + "\"";
}

// JSON has no NaN.
inline std::string jsonNumber(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.17g", value);
  return std::isfinite(value) ? text : "null";
}

class JsonLine {
 public:
  explicit JsonLine(const std::string& name) { add("case", jsonText(name)); }
  JsonLine& add(const std::string& key, const std::string& json) {
    body_ += (body_.empty() ? "{" : ", ") + jsonText(key) + ": " + json;
    return *this;
  }
  JsonLine& text(const std::string& key, const std::string& value) { return add(key, jsonText(value)); }
  JsonLine& number(const std::string& key, double value) { return add(key, jsonNumber(value)); }
  void print() const {
    std::printf("%s}\n", body_.c_str());
    std::fflush(stdout);
  }

 private:
  std::string body_;
};

}  // namespace check
