// Rows as text on standard input, packets of native/wire/packet_writer.h on standard output: the C++ side of
// test/unit/wire/golden.test.ts. The text is `packet TABLE SOURCE_ID ROW_COUNT`, then one line a row, its cells in the order
// of the wire and one space apart: integers in decimal, a double as the 16 hex digits of its bits, a text as `:` and the hex of
// its UTF-8. The test compiles this with -DHKA_ROW_TYPES=StringRow,SessionRow,... so that no table can be forgotten here.

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "wire/packet_writer.h"

namespace hka::wire {

[[noreturn]] void stop(const std::string& sentence) {
  std::cerr << "golden_packets: " << sentence << '\n';
  std::exit(1);
}

std::string nextCell(std::istream& cells) {
  std::string cell;
  if (!(cells >> cell)) stop("a row has too few cells");
  return cell;
}

std::string textFromHex(const std::string& cell) {
  if (cell.empty() || cell[0] != ':' || cell.size() % 2 == 0) stop("a text cell is not `:` and hex");
  std::string text;
  for (size_t at = 1; at < cell.size(); at += 2) {
    text.push_back(static_cast<char>(std::stoul(cell.substr(at, 2), nullptr, 16)));
  }
  return text;
}

double doubleFromBits(const std::string& cell) {
  const uint64_t bits = std::stoull(cell, nullptr, 16);
  double value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

// Fills `row` from one line. The row's texts are views of `texts`, whose elements never move.
template <class Row>
void readRow(const std::string& line, Row& row, std::deque<std::string>& texts) {
  std::istringstream cells(line);
  row.forEachColumn([&](const auto& column) {
    using Value = std::decay_t<decltype(column)>;
    auto& value = const_cast<Value&>(column);  // `row` itself is not const
    const std::string cell = nextCell(cells);
    if constexpr (std::is_same_v<Value, std::string_view>) {
      value = texts.emplace_back(textFromHex(cell));
    } else if constexpr (std::is_same_v<Value, double>) {
      value = doubleFromBits(cell);
    } else {
      value = static_cast<Value>(std::stoll(cell));
    }
  });
  if (std::string left; cells >> left) stop("a row has too many cells");
}

template <class Row>
void writePackets(std::istream& in, uint32_t sourceId, size_t rowCount) {
  PacketWriter<Row> writer;
  std::vector<uint8_t> out;
  for (size_t row = 0; row < rowCount; ++row) {
    std::string line;
    if (!std::getline(in, line)) stop("a row is missing");
    std::deque<std::string> texts;
    Row values;
    readRow(line, values, texts);
    if (writer.append(values)) continue;
    writer.take(sourceId, out);
    if (!writer.append(values)) stop("a row does not fit into an empty packet");
  }
  writer.take(sourceId, out);
  std::cout.write(reinterpret_cast<const char*>(out.data()), static_cast<std::streamsize>(out.size()));
}

template <class... Rows>
bool writePacketsOf(const std::string& table, std::istream& in, uint32_t sourceId, size_t rowCount) {
  return ((table == Rows::kName && (writePackets<Rows>(in, sourceId, rowCount), true)) || ...);
}

}  // namespace hka::wire

int main() {
  using namespace hka::wire;
  std::string line;
  while (std::getline(std::cin, line)) {
    std::istringstream words(line);
    std::string packet;
    std::string table;
    uint32_t sourceId = 0;
    size_t rowCount = 0;
    if (!(words >> packet >> table >> sourceId >> rowCount) || packet != "packet") stop("no packet line: " + line);
    if (!writePacketsOf<HKA_ROW_TYPES>(table, std::cin, sourceId, rowCount)) stop("unknown table " + table);
  }
  std::cout.flush();
  return std::cout ? 0 : 1;
}
