// SPDX-License-Identifier: MIT
#include "store/url.hpp"

#include <crier/error.hpp>

#include "base/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace crier {
namespace {

// By which a text is told from a path: with one of these and '=' libpq's keyword form begins.
constexpr std::array<std::string_view, 8> kFirstKeywords = {
    "host", "hostaddr", "port", "dbname", "user", "service", "passfile", "password"};

}  // namespace

// One letter before the colon is a drive, not a scheme.
std::string scheme_of(std::string_view url) {
  const std::string_view scheme = url.substr(0, std::min(url.find(':'), url.size()));
  const bool is_scheme =
      scheme.size() >= 2 && scheme.size() < url.size() && is_ascii_letter(scheme.front()) &&
      std::ranges::all_of(scheme, [](char c) { return is_ascii_letter(c) || is_ascii_digit(c); });
  return is_scheme ? in_lower_case(scheme) : std::string();
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
