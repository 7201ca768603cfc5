// SPDX-License-Identifier: MIT
#include "cli/console.hpp"

#include <algorithm>
#include <array>
#include <regex>
#include <sstream>
#include <unistd.h>
#include <utility>

namespace crier::test {

namespace {

std::string replaced(std::string text, const std::string& part, const std::string& other) {
  for (std::size_t at = 0; !part.empty() && (at = text.find(part, at)) != std::string::npos;
       at += other.size()) {
    text.replace(at, part.size(), other);
  }
  return text;
}

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

}  // namespace

Args shell_words(const std::string& line) {
  Args words{""};
  bool quoted = false;
  for (const char c : line) {
    if (c == '\'') {
      quoted = !quoted;
    } else if (c == ' ' && !quoted) {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

std::vector<Shown> shown_in(const std::string& page) {
  std::vector<Shown> all;
  std::istringstream text(page);
  bool is_inside = false;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("```")) {
      is_inside = line == "```console";
    } else if (is_inside && line.starts_with("$ ")) {
      all.push_back({line.substr(2), ""});
    } else if (is_inside && !all.empty()) {
      all.back().output += line + '\n';
    }
  }
  return all;
}

std::string run_shown(const std::string& command, const std::string& store) {
  const std::size_t bar = command.find(" | grep -E ");
  Args words = shell_words(command.substr(0, bar));
  words.erase(words.begin());  // crier
  std::istringstream in;
  std::ostringstream out, err;
  std::ostream& both = bar == std::string::npos ? out : err;
  cli::Interrupt interrupt;
  cli::run(words, {in, out, both}, {store, false, false}, interrupt);
  if (bar == std::string::npos) {
    return out.str();
  }
  const std::regex wanted(shell_words(command.substr(bar + 3)).back(), std::regex::extended);
  std::istringstream lines(out.str());
  std::string kept = err.str();
  for (std::string line; std::getline(lines, line);) {
    kept += std::regex_search(line, wanted) ? line + '\n' : "";
  }
  return kept;
}

std::string comparable(const std::string& text, const std::string& store) {
  const std::pair<const char*, const char*> differing[] = {
      {R"(\n {4,})", " "},  // what goes on
      {R"((\d{4}-)?\d\d-\d\d \d\d:\d\d(:\d\d(\.\d+)?)?)", "TIME"},
      {R"(, and not by TIME)", ""},
      {R"(\d+ (d|h|m) \d+ (h|m|s)\b)", "SPAN"},
      {R"(\d+(\.\d)? (ms|s)\b)", "SPAN"},
      {R"(\d+(\.\d)? (bytes|KiB|MiB|GiB|TiB))", "SIZE"},
      {R"(\d+ %)", "PERCENT"},
      {R"(\d+\.\d{3}\b)", "SECONDS"},
      {R"(pid \d+)", "pid P"},
      {R"(\(version \d+\))", "(version)"},
      {R"(/\d+\n)", "/P\n"},
      {R"(\d+\.\d+\.\d+)", "VERSION"},
      {R"( +\n)", "\n"},
      {R"(  +)", "  "},
      {R"(\n  +)", "\n"}};
  std::string plain = replaced(replaced(text, store, "shop.db"), host_name(), "vm");
  for (const auto& [pattern, instead] : differing) {
    plain = std::regex_replace(plain, std::regex(pattern), instead);
  }
  return plain;
}

}  // namespace crier::test
