// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "store/sqlite/config.hpp"

#include <string>

namespace crier::sqlite {

// What is wrong with the files of a database on which SQLite failed: a sentence that names the path
// and the right that is missing, or nothing. Opens no file: closing one would drop every lock that
// SQLite holds on it in this process.
[[nodiscard]] std::string file_fault(const StoreConfig& config, Access access);

}  // namespace crier::sqlite
