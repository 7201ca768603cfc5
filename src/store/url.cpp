// SPDX-License-Identifier: MIT
#include "store/url.hpp"

#include <crier/error.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace crier {
namespace {

// By which a text is told from a path: with one of these and '=' libpq's keyword form begins.
constexpr std::array<std::string_view, 8> kFirstKeywords = {
    "host", "hostaddr", "port", "dbname", "user", "service", "passfile", "password"};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

// One letter before the colon is a drive, not a scheme.
std::string scheme_of(std::string_view url) {
  const std::size_t colon = url.find(':');
  if (colon == std::string_view::npos || colon < 2 || !is_letter(url.front())) {
    return {};
  }
  std::string scheme(url.substr(0, colon));
  if (!std::all_of(scheme.begin(), scheme.end(),
                   [](char c) { return is_letter(c) || is_digit(c); })) {
    return {};
  }
  std::transform(scheme.begin(), scheme.end(), scheme.begin(),
                 [](char c) { return is_digit(c) ? c : static_cast<char>(c | 0x20); });
  return scheme;
}

void refuse_url(const std::string& message) {
  throw Error("open", message, Error::Kind::invalid_argument);
}

std::chrono::milliseconds checked_deadline(std::chrono::milliseconds deadline) {
  using namespace std::chrono_literals;
  if (deadline < 1ms || deadline > 24h) {
    refuse_url("the store's deadline must be between 1ms and 1440m");
  }
  return deadline;
}

std::string for_shell(const std::string& word) {
  const auto plain = [](char c) {
    return is_letter(c) || is_digit(c) ||
           std::string_view("_-./:%=+,@").find(c) != std::string::npos;
  };
  if (std::all_of(word.begin(), word.end(), plain)) {
    return word;
  }
  std::string quoted = "'";
  for (const char c : word) {
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return quoted + "'";
}

bool names_postgres(std::string_view url) {
  const std::string scheme = scheme_of(url);
  if (scheme == "postgresql" || scheme == "postgres") {
    return true;
  }
  const std::size_t first = std::min(url.find_first_not_of(' '), url.size());
  const std::string_view word = url.substr(first);
  const std::string_view keyword = word.substr(0, word.find_first_of(" ="));
  const std::size_t next = word.find_first_not_of(' ', keyword.size());
  return std::find(kFirstKeywords.begin(), kFirstKeywords.end(), keyword) != kFirstKeywords.end() &&
         next != std::string_view::npos && word[next] == '=';
}

}  // namespace crier
