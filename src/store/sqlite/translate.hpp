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

}  // namespace crier::sqlite
