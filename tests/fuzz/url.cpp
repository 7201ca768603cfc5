// SPDX-License-Identifier: MIT
// A store's URL comes from a configuration file or a shell.
#include <crier/admin/store.hpp>
#include <crier/error.hpp>

#include "base/one_line.hpp"
#include "fuzz/fuzz.hpp"
#include "store/sqlite/config.hpp"
#include "support/temp_dir.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace crier::test {
namespace {

// The word that a POSIX shell makes of what is typed; nothing where it sees more than one word.
std::optional<std::string> typed(std::string_view text) {
  std::string word;
  while (!text.empty()) {
    std::size_t taken = 1;
    if (text.front() == '\'') {
      const std::size_t end = text.find('\'', 1);
      if (end == std::string_view::npos) {
        return std::nullopt;
      }
      word += text.substr(1, end - 1);
      taken = end + 1;
    } else if (text.starts_with("\\'")) {
      word += '\'';
      taken = 2;
    } else if (std::string_view(" \t\n\"\\$`&|;<>()*?[#~!{}").find(text.front()) ==
               std::string_view::npos) {
      word += text.front();
    } else {
      return std::nullopt;
    }
    text.remove_prefix(taken);
  }
  return word;
}

// What is to be typed after `--store`.
std::string argument_of(const sqlite::StoreConfig& url) {
  constexpr std::string_view kBefore = "crier --store ";
  constexpr std::string_view kAfter = " migrate";
  const std::string& command = url.migrate_command;
  require(command.starts_with(kBefore) && command.ends_with(kAfter), "the command migrates");
  return command.substr(kBefore.size(), command.size() - kBefore.size() - kAfter.size());
}

template <class Call>
bool refuses(Call call) {
  try {
    call();
  } catch (const Error& error) {
    require(error.invalid_argument(), "a bad URL is the caller's mistake");
    return true;
  }
  return false;
}

}  // namespace

void try_input(std::string_view input) {
  static const TempDir dir;
  std::filesystem::current_path(dir.path());

  std::optional<sqlite::StoreConfig> url;
  const bool bad = refuses([&] { url = sqlite::parse_sqlite_url(input); });
  const bool refused = refuses([&] {
    const auto store = open_store(input);
    require(store->name() == url->name, "a store has the name of its URL");
  });
  require(std::filesystem::is_empty(dir.path()), "no file is touched");
  if (bad) {
    require(refused, "a bad URL opens no store");
    return;
  }
  require(!url->database.empty() && url->database.find('\0') == std::string::npos,
          "a path names a file");
  require(!holds_control(url->name), "a store's name fits in a line of text");
  require(!holds_control(argument_of(*url)), "what is to be typed fits in a line");
  const std::optional<std::string> word = typed(argument_of(*url));
  require(word.has_value(), "what is to be typed is one word");
  const sqlite::StoreConfig same = sqlite::parse_sqlite_url(*word);
  require(same.database == url->database && same.log == url->log,
          "what is to be typed names the same database");
}

}  // namespace crier::test
