// SPDX-License-Identifier: MIT
#include "store/postgres/postgres_appender.hpp"

#include <string>
#include <type_traits>
#include <utility>

namespace crier::postgres {
namespace {

// As an array is written in text.
template <class Member>
std::string array_of(std::span<const NewEntry> entries, Member NewEntry::*member) {
  std::string array = "{";
  for (const NewEntry& entry : entries) {
    array += array.size() == 1 ? "" : ",";
    if constexpr (std::is_same_v<Member, std::string>) {
      array += '"';
      for (const char c : entry.*member) {
        array.append(c == '"' || c == '\\' ? 1 : 0, '\\');
        array += c;
      }
      array += '"';
    } else {
      array += std::to_string(entry.*member);
    }
  }
  return array + "}";
}

}  // namespace

EntryId PostgresAppender::append(std::span<const NewEntry> entries) {
  const NewEntry& first = entries.front();
  auto row = entries.size() == 1 ? append_one_.run(first.json_instruction, first.originated,
                                                   first.instruction_count)
                                 : append_.run(array_of(entries, &NewEntry::json_instruction),
                                               array_of(entries, &NewEntry::originated),
                                               array_of(entries, &NewEntry::instruction_count));
  if (!row.step()) {
    throw Failure(Failure::Cause::server, "crierLog has no row to count with", "P0002");
  }
  return {row.number(0)};
}

}  // namespace crier::postgres
