// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include <string>

namespace crier::sqlite {

// A look at a database of another user's: SQLite must make no file beside it, which would be the
// looker's, so that the owner could not write it.

// Whether it is one: of who only reads, and of who may not write.
[[nodiscard]] bool is_look(const std::string& database, Access access);

// By which SQLite opens it if others may have it open. Who may not write gets no index (-shm) of
// his own; who may would keep the writers of his own process from theirs.
[[nodiscard]] std::string look_uri(const std::string& database);

// The VFS that makes no write-ahead log and no journal; by its name. Empty: the default one, if
// that is not SQLite's own.
[[nodiscard]] const char* look_vfs();

}  // namespace crier::sqlite
