// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>
#include <crier/error.hpp>
#include <crier/guid.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

namespace crier::cli {

// The caller's input is wrong: exit code 2.
[[nodiscard]] Error usage_error(const std::string& sentence);

// What was given, in quotes, unless it may be a database's URL in the wrong place.
[[nodiscard]] std::string argument_text(std::string_view argument);

// Each reads the value of an argument. It throws a usage error that names the argument `name` and
// repeats `text` if that is something else.
[[nodiscard]] Guid parse_guid(std::string_view name, std::string_view text);
[[nodiscard]] std::int64_t parse_id(std::string_view name, std::string_view text);
// With its check, if it was given: see require_in_log().
[[nodiscard]] EntryId parse_entry_id(std::string_view name, std::string_view text);
// Nothing for "newest".
[[nodiscard]] std::optional<EntryId> parse_entry_or_newest(std::string_view name,
                                                           std::string_view text);
[[nodiscard]] std::size_t parse_count(std::string_view name, std::string_view text);
[[nodiscard]] std::int64_t parse_whole(std::string_view name, std::string_view text);
// A duration such as 200ms, 5m or 1h30m, of at most a century.
[[nodiscard]] std::chrono::milliseconds parse_duration(std::string_view name,
                                                       std::string_view text);
// A time in UTC, in the form in which it compares byte by byte with Entry::utc_stamp.
[[nodiscard]] std::string parse_time(std::string_view name, std::string_view text);
// The same as a point of time, of which a millisecond is the least part.
[[nodiscard]] std::chrono::sys_time<std::chrono::milliseconds> parse_point(std::string_view name,
                                                                           std::string_view text);

// The value of the argument `name`, given as text, as @FILE, or as - for `in`: at most `limit`
// bytes, and each of them as it is.
[[nodiscard]] std::string read_bytes(const std::string& name, const std::string& source,
                                     std::istream& in, std::size_t limit);

// A payload that was given as text, as @FILE, or as - for `in`; checked to be JSON.
[[nodiscard]] std::string read_payload(const std::string& source, std::istream& in);

}  // namespace crier::cli
