// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "store/sqlite/config.hpp"

#include <string>

struct sqlite3;

namespace crier::sqlite {

// What is wrong with the files of a database on which SQLite failed: a sentence that names the path
// and the right that is missing, or nothing. Opens no file: closing one would drop every lock that
// SQLite holds on it in this process.
[[nodiscard]] std::string file_fault(const StoreConfig& config, Access access);

// The system's error number for the failure, of SQLite's `code`, that this connection has met last;
// 0 if it is not known.
[[nodiscard]] int system_error(sqlite3* handle, int code);

// As the effective user, which is who opens files.
[[nodiscard]] bool may_write(const std::string& path);

// Whether this process can open no file at all for now.
[[nodiscard]] bool are_descriptors_used_up();

// Why a database that can be opened must not be: a sentence, or nothing. Two programs that reach
// one file by two ways would each have a write-ahead log of their own, and write over each other's
// entries; so would a child, by fork(), of a process that has it open. Opens no file, either.
[[nodiscard]] std::string sharing_fault(const std::string& database);

}  // namespace crier::sqlite
