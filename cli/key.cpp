// SPDX-License-Identifier: MIT
#include "key.hpp"

#include <crier/admin/resync_request.hpp>

#include "base/ascii.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

namespace crier::cli {

namespace {

constexpr std::size_t kDigits = 8;

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value)
                                                                  : std::nullopt;
}

// A letter or digit of a GUID may be written as \u0037.
bool may_hide_digits(std::string_view json) {
  for (std::size_t at = json.find('\\'); at != json.npos; at = json.find('\\', at + 1)) {
    const std::string_view escape = json.substr(at + 1, 4);
    if (escape == "u003" || escape == "u004" || escape == "u006") {
      return true;
    }
  }
  return false;
}

}  // namespace

Key::Word::Word(std::string_view word) : word_(in_lower_case(word)) {
  skips_.fill(static_cast<unsigned char>(word_.size()));
  for (std::size_t i = 0; i + 1 < word_.size(); ++i) {
    const auto skip = static_cast<unsigned char>(word_.size() - 1 - i);
    const char lower = word_[i];
    const char upper = lower >= 'a' && lower <= 'z' ? static_cast<char>(lower - 'a' + 'A') : lower;
    skips_[static_cast<unsigned char>(lower)] = skips_[static_cast<unsigned char>(upper)] = skip;
  }
}

// Horspool's: what stands under the word's end tells how far it may move.
bool Key::Word::stands_in(std::string_view text) const {
  const std::size_t size = word_.size();
  for (std::size_t at = 0; at + size <= text.size();
       at += skips_[static_cast<unsigned char>(text[at + size - 1])]) {
    if (same_ignoring_case(text.substr(at, size), word_)) {
      return true;
    }
  }
  return false;
}

Key::Key(const Guid& refresher, std::string text, std::vector<std::string> pointer)
    : refresher_(refresher),
      text_(std::move(text)),
      pointer_(std::move(pointer)),
      id_(whole_number(text_)),
      guid_(Guid::parse(text_)),
      digits_(refresher.to_string().substr(0, kDigits)),
      request_(kResyncRequest.to_string().substr(0, kDigits)) {}

std::optional<Concerned> Key::find_in(const Entry& entry, bool given_up) const {
  if (!given_up && !may_concern(entry.json_instruction)) {
    return std::nullopt;
  }
  const Decoded decoded = decode(entry.json_instruction);
  Concerned found;
  for (std::size_t i = 0; i < decoded.instructions.size(); ++i) {
    if (concerns(decoded.instructions[i])) {
      found.instructions.push_back(decoded.instructions[i]);
      found.places.push_back(i);
    }
  }
  for (const DecodeProblem& problem : decoded.problems) {
    if (problem.refresher.value_or(refresher_) == refresher_) {
      found.problems.push_back(problem.what);
    }
  }
  if (found.instructions.empty() && found.problems.empty()) {
    return std::nullopt;
  }
  found.entry = entry;
  return found;
}

bool Key::may_concern(std::string_view json) const {
  return digits_.stands_in(json) || request_.stands_in(json) || may_hide_digits(json);
}

bool Key::concerns(const Instruction& instruction) const {
  if (instruction.refresher == kResyncRequest) {
    const Guid asked = resync_request_of(instruction).refresher;
    return asked.empty() || asked == refresher_;
  }
  if (instruction.refresher != refresher_) {
    return false;
  }
  switch (instruction.type) {
    case RefreshType::refresh_all:
      return true;
    case RefreshType::refresh_by_guid:
      return guid_ == instruction.guid;
    case RefreshType::refresh_by_id:
    case RefreshType::remove_by_id:
      return id_ == instruction.id;
    case RefreshType::refresh_by_ids:
      return id_ && std::ranges::find(instruction.ids, *id_) != instruction.ids.end();
    case RefreshType::refresh_by_json:
      return holds_value(instruction.payload, pointer_,
                         {[&](std::string_view value) {
                            return value == text_ || (guid_ && Guid::parse(value) == guid_);
                          },
                          [&](std::int64_t number) { return id_ == number; }});
  }
  return false;
}

}  // namespace crier::cli
