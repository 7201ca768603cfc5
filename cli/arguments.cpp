// SPDX-License-Identifier: MIT
#include "arguments.hpp"

#include <crier/codec.hpp>

#include "base/ascii.hpp"
#include "base/duration.hpp"
#include "base/file_error.hpp"
#include "base/secrets.hpp"
#include "base/utc_stamp.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <fstream>
#include <istream>
#include <optional>
#include <system_error>

namespace crier::cli {

namespace {

Error not_a(std::string_view name, std::string_view text, std::string_view expected) {
  return usage_error(std::string(name) + ": " + argument_text(text) + " is not " +
                     std::string(expected));
}

template <class Integer>
std::optional<Integer> parse_integer(std::string_view text) {
  Integer value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

EntryId entry_id(std::string_view name, std::string_view text, std::string_view expected) {
  if (const std::optional<EntryId> id = EntryId::parse(text)) {
    return *id;
  }
  const auto number = parse_integer<std::int64_t>(text);  // as in 007, too
  if (!number || *number < 0) {
    throw not_a(name, text, expected);
  }
  return EntryId{*number};
}

// Takes `digits` digits off the front of `text`.
std::optional<unsigned> take_number(std::string_view& text, std::size_t digits) {
  const std::string_view number = text.substr(0, digits);
  if (number.size() < digits || !std::ranges::all_of(number, is_ascii_digit)) {
    return std::nullopt;
  }
  text.remove_prefix(digits);
  return parse_integer<unsigned>(number);
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == any_of.npos) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

bool take_date(std::string_view& text) {
  const auto year = take_number(text, 4);
  const auto month = year && take(text, "-") ? take_number(text, 2) : std::nullopt;
  const auto day = month && take(text, "-") ? take_number(text, 2) : std::nullopt;
  return day && std::chrono::year_month_day(std::chrono::year(static_cast<int>(*year)),
                                            std::chrono::month(*month), std::chrono::day(*day))
                    .ok();
}

// HH:MM, HH:MM:SS or HH:MM:SS.f
bool take_time_of_day(std::string_view& text) {
  const auto hour = take_number(text, 2);
  const auto minute = hour && take(text, ":") ? take_number(text, 2) : std::nullopt;
  if (!minute || *hour > 23 || *minute > 59) {
    return false;
  }
  if (!take(text, ":")) {
    return true;
  }
  const auto second = take_number(text, 2);
  if (!second || *second > 59) {
    return false;
  }
  if (take(text, ".")) {
    const auto digits = std::ranges::find_if_not(text, is_ascii_digit) - text.begin();
    text.remove_prefix(static_cast<std::size_t>(digits));
    return digits > 0;
  }
  return true;
}

Error cant_read(const std::string& argument, const std::string& name, int error) {
  return Error("read", argument + ": can't read " + name + ": " + system_error_text(error));
}

std::string read_all(const std::string& argument, std::istream& in, const std::string& name,
                     std::size_t limit) {
  // One byte more than there may be tells that it is too large without reading it all.
  std::string text(limit + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) {
    throw cant_read(argument, name, errno);
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > limit) {
    throw usage_error(argument + ": " + name + " holds more than " + std::to_string(limit) +
                      " bytes; nothing was written");
  }
  return text;
}

}  // namespace

Error usage_error(const std::string& sentence) {
  return Error("arguments", sentence, Error::Kind::invalid_argument);
}

std::string argument_text(std::string_view argument) {
  return may_hold_secret(argument) ? "(not shown: it may hold a password)"
                                   : '"' + std::string(argument) + '"';
}

Guid parse_guid(std::string_view name, std::string_view text) {
  const std::optional<Guid> guid = Guid::parse(text);
  if (!guid) {
    throw not_a(name, text, "a GUID such as 7c9e6679-7425-40de-944b-e07fc1f90ae7");
  }
  return *guid;
}

std::int64_t parse_id(std::string_view name, std::string_view text) {
  const auto id = parse_integer<std::int64_t>(text);
  if (!id) {
    throw not_a(name, text, "a whole number of 64 bits");
  }
  return *id;
}

EntryId parse_entry_id(std::string_view name, std::string_view text) {
  return entry_id(name, text, "the id of an entry, a whole number from 0");
}

std::optional<EntryId> parse_entry_or_newest(std::string_view name, std::string_view text) {
  if (text == "newest") {
    return std::nullopt;
  }
  return entry_id(name, text, "the id of an entry, a whole number from 0, or newest");
}

std::size_t parse_count(std::string_view name, std::string_view text) {
  const auto count = parse_integer<std::size_t>(text);
  if (!count || *count == 0) {
    throw not_a(name, text, "a whole number from 1");
  }
  return *count;
}

std::int64_t parse_whole(std::string_view name, std::string_view text) {
  const auto number = parse_integer<std::int64_t>(text);
  if (!number || *number < 0) {
    throw not_a(name, text, "a whole number from 0");
  }
  return *number;
}

std::chrono::milliseconds parse_duration(std::string_view name, std::string_view text) {
  constexpr std::chrono::milliseconds kLongest = std::chrono::hours(24 * 36'500);
  const std::optional<std::chrono::milliseconds> duration = crier::parse_duration(text);
  if (!duration || *duration > kLongest) {
    throw not_a(name, text, "a duration such as 200ms, 2s, 5m, 2h, 7d or 1h30m, of at most 36500d");
  }
  return *duration;
}

std::string parse_time(std::string_view name, std::string_view text) {
  std::string_view rest = text;
  bool good = take_date(rest);
  if (good && take(rest, " T")) {
    good = take_time_of_day(rest);
  }
  const std::string_view zone = good ? rest : "";
  if (!good || (!zone.empty() && zone != "Z")) {
    throw not_a(name, text, "a time such as 2026-11-21 or \"2026-11-21 10:00:00\"");
  }
  std::string stamp(text.substr(0, text.size() - zone.size()));
  if (stamp.size() > 10) {
    stamp[10] = ' ';
  }
  // Umbraco cuts the zeros at the end of a fraction: "10:00:00.50" would be after "10:00:00.5".
  if (stamp.find('.') != stamp.npos) {
    stamp.erase(stamp.find_last_not_of('0') + 1);
    if (stamp.back() == '.') {
      stamp.pop_back();
    }
  }
  return stamp;
}

std::chrono::sys_time<std::chrono::milliseconds> parse_point(std::string_view name,
                                                             std::string_view text) {
  std::string stamp = parse_time(name, text);
  // What was left out of it is zero.
  stamp += std::string(" 00:00:00").substr(stamp.size() < 19 ? stamp.size() - 10 : 9);
  return std::chrono::sys_time<std::chrono::milliseconds>(parse_utc_stamp(stamp).value());
}

std::string read_bytes(const std::string& name, const std::string& source, std::istream& in,
                       std::size_t limit) {
  if (source == "-") {
    return read_all(name, in, "standard input", limit);
  }
  if (source.starts_with('@')) {
    const std::string path = source.substr(1);
    std::ifstream file(path, std::ios::binary);
    if (!file) {
      throw cant_read(name, path, errno);
    }
    return read_all(name, file, path, limit);
  }
  return source;
}

std::string read_payload(const std::string& source, std::istream& in) {
  std::string payload = read_bytes("--payload", source, in, EntryLimits().max_instruction_bytes);
  if (source == "-" || source.starts_with('@')) {
    // As a shell's $(...) does: the end of the last line is not meant to be sent.
    payload.erase(payload.find_last_not_of("\r\n") + 1);
  }
  if (!is_json(payload)) {
    throw usage_error("--payload: this is not a JSON document in UTF-8; nothing was written");
  }
  return payload;
}

}  // namespace crier::cli
