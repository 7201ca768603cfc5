// SPDX-License-Identifier: MIT
#include "offer.hpp"

#include <CLI/CLI.hpp>

#include <sstream>
#include <utility>

namespace crier::cli {

namespace {

constexpr std::string_view kMark = "offer ";

}  // namespace

// CLI11 keeps nothing of ours beside an option. A validator that refuses no value does, in its
// name.
CLI::Option* offer(CLI::Option* option, const Offer& offered) {
  std::string name = std::string(kMark) + std::to_string(static_cast<int>(offered.kind));
  for (const std::string& word : offered.words) {
    name += ' ' + word;
  }
  return option->check(
      CLI::Validator([](std::string&) { return std::string(); }, std::string(), name));
}

CLI::Option* offer_words(CLI::Option* option, std::vector<std::string> words) {
  return offer(option, {Offer::Kind::words, std::move(words)});
}

Offer offer_of(CLI::Option& option) {
  std::string name;
  try {
    name = option.get_validator(0)->get_name();
  } catch (const CLI::OptionNotFound&) {
    return {};
  }
  if (!name.starts_with(kMark)) {
    return {};
  }
  std::istringstream text(name.substr(kMark.size()));
  int kind = 0;
  text >> kind;
  Offer offered{static_cast<Offer::Kind>(kind)};
  for (std::string word; text >> word;) {
    offered.words.push_back(word);
  }
  return offered;
}

}  // namespace crier::cli
