// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace crier::sqlite {

// The file to which links lead: SQLite keeps its own files beside that.
[[nodiscard]] std::string real_path(const std::string& database);

// What stands where SQLite keeps files of its own beside a database (-wal, -shm, -journal), and is
// none of them: a sentence, or nothing. SQLite would wait for the other end of a pipe for ever, and
// write over what is somebody's, or remove it. The -shm is not opened: see file_fault().
[[nodiscard]] std::string companion_fault(const std::string& database);

// Whether there is a -wal that can be read, and no -shm: who opens the database next makes that.
[[nodiscard]] bool lacks_index(const std::string& database);

}  // namespace crier::sqlite
