// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/setup.hpp>

#include <cstdint>
#include <string>

namespace crier::sqlite {

// What surrounds a database, judged. The first four take what was measured, so that what a test
// can't bring about is judged in one, too.

// The write-ahead log of a database that has one, by its size.
[[nodiscard]] SetupCheck judge_journal(const std::string& database, std::uint64_t bytes);
// The file system under the database, by the number that statfs() gives it.
[[nodiscard]] SetupCheck judge_file_system(std::uint32_t magic);
// SQLite, by its number: 3040001 is 3.40.1.
[[nodiscard]] SetupCheck judge_library(int version);
// The disk under the database; `size` is 0 if it isn't known.
[[nodiscard]] SetupCheck judge_disk(std::uint64_t left, std::uint64_t size);

// Bytes in the write-ahead log of `database`; 0 if there is none now.
[[nodiscard]] std::uint64_t journal_size(const std::string& database);
[[nodiscard]] SetupCheck check_file_system(const std::string& database);
[[nodiscard]] SetupCheck check_disk(const std::string& database);
// What this user may do with the file and beside it.
[[nodiscard]] SetupCheck check_rights(const std::string& database);

}  // namespace crier::sqlite
