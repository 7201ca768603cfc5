// SPDX-License-Identifier: MIT
#include "codec/text.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <system_error>

namespace crier {
namespace {

// What remains of a text that is read from its front.
class Rest {
 public:
  explicit Rest(std::string_view text) : text_(text) {}

  // Takes `c` where it stands next, spaces before it aside.
  bool take(char c) {
    skip_space();
    if (text_.empty() || text_.front() != c) {
      return false;
    }
    text_.remove_prefix(1);
    return true;
  }

  bool take(std::int64_t& number) {
    skip_space();
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), number);
    if (error != std::errc()) {
      return false;
    }
    const std::string_view digits(text_.data() + text_.starts_with('-'), end);
    text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
    // JSON knows no leading zeros: 010 is 8 to one reader and 10 to another.
    return digits.size() == 1 || digits.front() != '0';
  }

  bool at_end() {
    skip_space();
    return text_.empty();
  }

 private:
  void skip_space() {
    if (!text_.empty() && text_.front() > ' ') {
      return;  // as nearly always
    }
    const std::size_t next = text_.find_first_not_of(" \t\r\n");
    text_.remove_prefix(next == std::string_view::npos ? text_.size() : next);
  }

  std::string_view text_;
};

}  // namespace

void append_ids(std::string& out, std::span<const std::int64_t> ids) {
  out += '[';
  for (const std::int64_t id : ids) {
    std::array<char, std::numeric_limits<std::int64_t>::digits10 + 2> digits{};
    char* const begin = digits.data();
    out.append(begin, std::to_chars(begin, begin + digits.size(), id).ptr);
    out += ',';
  }
  if (ids.empty()) {
    out += ']';
  } else {
    out.back() = ']';
  }
}

bool parse_ids(std::string_view text, std::vector<std::int64_t>& ids) {
  Rest rest(text);
  if (!rest.take('[')) {
    return false;
  }
  if (!rest.take(']')) {
    do {
      if (!rest.take(ids.emplace_back())) {
        return false;
      }
    } while (rest.take(','));
    if (!rest.take(']')) {
      return false;
    }
  }
  return rest.at_end();
}

}  // namespace crier
