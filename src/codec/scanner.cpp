// SPDX-License-Identifier: MIT
#include "codec/scanner.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <system_error>

namespace crier {
namespace {

// What stands in a string for itself: all of ASCII but controls, the quote and the backslash.
constexpr std::array<bool, 256> kOrdinary = [] {
  std::array<bool, 256> ordinary{};
  for (std::size_t c = 0x20; c < 0x80; ++c) {
    ordinary[c] = c != '"' && c != '\\';
  }
  return ordinary;
}();

// Whether the next eight bytes are all ordinary. In each byte of a word at once: the highest bit of
// what is below n is set by (x - n) & ~x, where x has none; of what equals n, likewise of x ^ n.
bool eight_ordinary(const char* at) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kHighest = 0x80 * kOnes;
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  const auto below = [](std::uint64_t x, std::uint64_t n) { return (x - n * kOnes) & ~x; };
  return ((word | below(word, 0x20) | below(word ^ ('"' * kOnes), 1) |
           below(word ^ ('\\' * kOnes), 1)) &
          kHighest) == 0;
}

unsigned char byte_of(char c) { return static_cast<unsigned char>(c); }

// The length of the character at the front, by the table of RFC 3629; 0: it is none.
std::size_t utf8_size(std::string_view text) {
  const unsigned char first = byte_of(text.front());
  const std::size_t size = first < 0xc2   ? 0
                           : first < 0xe0 ? 2
                           : first < 0xf0 ? 3
                           : first < 0xf5 ? 4
                                          : 0;
  if (size == 0 || text.size() < size) {
    return 0;
  }
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte_of(text[i]) & 0xc0U) != 0x80) {
      return 0;
    }
  }
  const unsigned char second = byte_of(text[1]);
  const bool beyond = (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
                      (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
  return beyond ? 0 : size;
}

// Takes what follows a backslash: of \u only what is ASCII, as quotes are to one era of writers.
bool take_escape(std::string_view& rest, std::string& out) {
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  if (rest.empty()) {
    return false;
  }
  if (const std::size_t at = kLetters.find(rest.front()); at != std::string_view::npos) {
    out += kMeanings[at];
    rest.remove_prefix(1);
    return true;
  }
  constexpr std::size_t kSize = 5;  // u0022
  if (rest.front() != 'u' || rest.size() < kSize) {
    return false;
  }
  unsigned code = 0;
  const char* const end = rest.data() + kSize;
  if (std::from_chars(rest.data() + 1, end, code, 16).ptr != end || code == 0 || code >= 0x80) {
    return false;
  }
  out += static_cast<char>(code);
  rest.remove_prefix(kSize);
  return true;
}

}  // namespace

bool Scanner::take_integer(std::int64_t& number) {
  const char* const begin = rest_.data();
  const auto [end, error] = std::from_chars(begin, begin + rest_.size(), number);
  const bool negative = rest_.starts_with('-');
  const auto digits = end - begin - (negative ? 1 : 0);
  // JSON knows no leading zeros.
  if (error != std::errc() || (digits > 1 && begin[negative ? 1 : 0] == '0')) {
    return false;
  }
  rest_.remove_prefix(static_cast<std::size_t>(end - begin));
  return true;
}

bool Scanner::take_string(std::string_view& value, std::string& unescaped) {
  if (!take('"')) {
    return false;
  }
  unescaped.clear();
  std::size_t size = 0;  // of what stands for itself
  while (size < rest_.size()) {
    if (rest_.size() - size >= 8 && eight_ordinary(rest_.data() + size)) {
      size += 8;
      continue;
    }
    const char c = rest_[size];
    if (kOrdinary[byte_of(c)]) {
      ++size;
    } else if (const std::size_t more = utf8_size(rest_.substr(size)); more > 0) {
      size += more;
    } else if (c == '\\') {
      unescaped.append(rest_, 0, size);
      rest_.remove_prefix(size + 1);
      size = 0;
      if (!take_escape(rest_, unescaped)) {
        return false;
      }
    } else {
      break;
    }
  }
  const std::string_view last = rest_.substr(0, size);
  rest_.remove_prefix(size);
  if (!take('"')) {
    return false;
  }
  value = unescaped.empty() ? last : std::string_view(unescaped.append(last));
  return true;
}

}  // namespace crier
