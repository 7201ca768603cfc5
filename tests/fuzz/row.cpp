// SPDX-License-Identifier: MIT
// What the tool shows of a row, and of who wrote it. The input is the row's origin, its stamp, its
// instructions and the name of the node that it may be of, each ended by a NUL.
#include <crier/codec.hpp>

#include "base/utf8.hpp"
#include "entry_print.hpp"
#include "fuzz/fuzz.hpp"
#include "fuzz/terminal.hpp"
#include "printable.hpp"
#include "table.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace crier::test {
namespace {

constexpr Guid kIncarnation = Guid::parse("0f3f6a52-41c9-4f6e-9d55-2b0a4f0e8c11").value();

std::string take_field(std::string_view& input) {
  const std::size_t end = std::min(input.find('\0'), input.size());
  std::string field(input.substr(0, end));
  input.remove_prefix(std::min(end + 1, input.size()));
  return field;
}

void check_text(const Entry& entry, const cli::Look& look) {
  const std::string line = cli::entry_line(entry, look);
  require(line.find('\n') == std::string::npos, "an entry's line is one line");
  require(look.wide || cli::columns_of(line) <= 80, "an entry's line fits 80 columns");
  require(fits_a_terminal(line + "\n") && fits_a_terminal(cli::entry_text(entry, look) + "\n"),
          "what is printed is printable");
}

void check_json(const Entry& entry) {
  const auto json = nlohmann::json::parse(to_json(entry));
  if (is_utf8(entry.originated)) {
    require(json.at("originated") == entry.originated, "JSON holds the origin as it is");
  }
}

void check_origin(std::string_view originated, const cli::Names& names, std::string_view node) {
  const std::string_view rest = cli::without_incarnation(originated);
  require(originated.starts_with(rest), "an origin without its incarnation is its start");
  const auto incarnation = cli::incarnation_in(originated);
  require(incarnation.has_value() == (rest != originated), "what is left out is an incarnation");
  require(names.node_of(originated) ==
              (incarnation == kIncarnation ? cli::printable(node, 255) : std::string()),
          "a node is named by its incarnation alone");
}

}  // namespace

void try_input(std::string_view input) {
  const std::string originated = take_field(input);
  const std::string stamp = take_field(input);
  const std::string json = take_field(input);
  const std::string node = take_field(input);
  const Entry entry{{7}, stamp, originated, 1, json};
  NodeRecord record;
  record.name = node;
  record.incarnation = kIncarnation;
  const cli::Names names({}, {record}, {});
  check_origin(originated, names, node);
  for (const bool wide : {false, true}) {
    check_text(entry, {.wide = wide});
    check_text(entry, {.names = &names, .utc = true, .wide = wide});
  }
  check_json(entry);
}

}  // namespace crier::test
