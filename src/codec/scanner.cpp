// SPDX-License-Identifier: MIT
#include "codec/scanner.hpp"

#include "base/utf8.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <system_error>

namespace crier {
namespace {

// What stands in a string for itself: all but controls, the quote and the backslash.
constexpr std::array<bool, 256> kOrdinary = [] {
  std::array<bool, 256> ordinary{};
  for (std::size_t c = 0x20; c < ordinary.size(); ++c) {
    ordinary[c] = c != '"' && c != '\\';
  }
  return ordinary;
}();

constexpr std::uint64_t kOnes = 0x0101010101010101U;
constexpr std::uint64_t kHighest = 0x80 * kOnes;

std::uint64_t eight_at(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// Whether eight bytes are all ordinary; a no may be wrong. For each byte at once: (x - n) & ~x sets
// the highest bit of what is below n, and of what equals n where it is given x ^ n.
bool are_ordinary(std::uint64_t word) {
  const auto below = [](std::uint64_t x, std::uint64_t n) { return (x - n * kOnes) & ~x; };
  return ((below(word, 0x20) | below(word ^ ('"' * kOnes), 1) | below(word ^ ('\\' * kOnes), 1)) &
          kHighest) == 0;
}

unsigned char byte_of(char c) { return static_cast<unsigned char>(c); }

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
  std::uint64_t seen = 0;  // of its bytes, the bits
  std::size_t size = 0;    // of what stands for itself
  while (size < rest_.size()) {
    if (rest_.size() - size >= sizeof(std::uint64_t)) {
      const std::uint64_t word = eight_at(rest_.data() + size);
      if (are_ordinary(word)) {
        seen |= word;
        size += sizeof word;
        continue;
      }
    }
    const char c = rest_[size];
    if (kOrdinary[byte_of(c)]) {
      seen |= byte_of(c);
      ++size;
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
  return (seen & kHighest) == 0 || is_utf8(value);
}

}  // namespace crier
