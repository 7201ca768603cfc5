// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>
#include <crier/error.hpp>

#include "store/sqlite/config.hpp"
#include "store/sqlite/open_file.hpp"

#include <SQLiteCpp/Exception.h>

#include <string>

namespace crier::sqlite {

// The one place where SQLite's errors become crier's: a sentence that names the database, what is
// wrong with it and what to do. `file`: what has become of it.
[[nodiscard]] Error translate(const std::string& operation, const SQLite::Exception& error,
                              const StoreConfig& config, Access access, FileState file);

// Whether what was asked for is one of the tables in which nodes meet, and it is not there.
[[nodiscard]] bool is_missing_node_table(const SQLite::Exception& error);
// The same of the shared cache.
[[nodiscard]] bool is_missing_cache_table(const SQLite::Exception& error);

}  // namespace crier::sqlite
