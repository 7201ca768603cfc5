// SPDX-License-Identifier: MIT
// A position file may be damaged, or somebody else's.
#include "keeper/position_file.hpp"

#include <crier/error.hpp>

#include "fuzz/fuzz.hpp"
#include "support/temp_dir.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace crier::test {
namespace {

void write(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator(file), {}};
}

// Nothing where the file is refused as somebody else's.
std::optional<PositionFile::Content> load(const PositionFile& file) {
  try {
    PositionFile::Content content = file.load();
    require(content.cursor.has_value() == content.problem.empty(),
            "a file that is there gives a cursor or a problem");
    return content;
  } catch (const Error&) {
    return std::nullopt;
  }
}

// Takes the bytes of a T off the end of `input`; zeros where it has too few.
template <class T>
T take(std::string_view& input) {
  T value{};
  const std::size_t size = std::min(input.size(), sizeof(T));
  std::memcpy(&value, input.data() + input.size() - size, size);
  input.remove_suffix(size);
  return value;
}

}  // namespace

void try_input(std::string_view input) {
  static const TempDir dir;
  const PositionFile file((dir / "position").string(), "sqlite:shop.db", "web-1");

  write(file.path(), input);
  const auto content = load(file);
  require(content.has_value() == (input.empty() || input.starts_with("crier position 1\n")),
          "only a file of crier's is taken");
  if (content && content->cursor) {
    file.save(*content->cursor);
    require(read(file.path()) == input, "a cursor comes from what save() wrote, and nothing else");
  }

  std::string_view rest = input;
  const Cursor cursor{{take<std::int64_t>(rest)}, {take<std::uint64_t>(rest)}};
  file.save(cursor);
  const auto saved = load(file);
  require(saved && saved->cursor == cursor, "a cursor that was saved is loaded");

  std::string text = read(file.path());
  const std::size_t at = take<std::uint16_t>(rest) % text.size();
  const char byte = take<char>(rest);
  const bool changed = text[at] != byte;
  text[at] = byte;
  write(file.path(), text);
  const auto damaged = load(file);
  const bool noticed = !damaged || !damaged->cursor;
  require(noticed == changed && (noticed || *damaged->cursor == cursor),
          "a byte that changed is noticed");
}

}  // namespace crier::test
