// SPDX-License-Identifier: MIT
#include "store/url.hpp"

#include <crier/error.hpp>

#include "base/ascii.hpp"
#include "base/url_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace crier {
namespace {

// By which a text is told from a path: with one of these and '=' libpq's keyword form begins.
constexpr std::array<std::string_view, 8> kFirstKeywords = {
    "host", "hostaddr", "port", "dbname", "user", "service", "passfile", "password"};

// The connection strings of all systems hold one of these.
constexpr std::string_view kNotInPlainPaths = ":=;@";
constexpr std::string_view kInWords = "':', '=', ';' and '@'";

}  // namespace

// As RFC 3986 has it, and '_', which some put there. One letter is a drive, not a scheme.
std::string scheme_of(std::string_view url) {
  const std::string_view scheme = url.substr(0, std::min(url.find(':'), url.size()));
  const bool is_scheme = scheme.size() >= 2 && scheme.size() < url.size() &&
                         is_ascii_letter(scheme.front()) && std::ranges::all_of(scheme, [](char c) {
                           return is_ascii_letter(c) || is_ascii_digit(c) ||
                                  std::string_view("+-._").find(c) != std::string_view::npos;
                         });
  return is_scheme ? in_lower_case(scheme) : std::string();
}

bool is_plain_path(std::string_view url) {
  if (url.starts_with("./") || url.starts_with("../") ||
      (url.starts_with('/') && !url.starts_with("//"))) {
    return true;
  }
  return decoded(url.substr(0, url.find('?'))).find_first_of(kNotInPlainPaths) == std::string::npos;
}

void require_plain_path(std::string_view url) {
  if (is_plain_path(url)) {
    return;
  }
  const std::string path =
      "; a path that holds one of " + std::string(kInWords) + " is written sqlite:PATH or ./PATH";
  const std::string scheme = scheme_of(url);
  // What stands before a colon may be the name of a user, and the rest his password.
  const std::string_view rest = url.substr(std::min(scheme.size() + 1, url.size()));
  if (!scheme.empty() && (rest.starts_with("//") || is_plain_path(rest))) {
    refuse_url("unknown store scheme '" + scheme +
               "': known are sqlite (sqlite:PATH or just PATH) and postgresql "
               "(postgresql://HOST/DATABASE)" +
               path);
  }
  refuse_url(
      "the store is no URL that crier knows, and no plain path: write sqlite:PATH or "
      "postgresql://HOST/DATABASE (it is not repeated here, since it may hold a password)" +
      path);
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
