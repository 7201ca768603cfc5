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
// wrong with it and what to do. `file`: what has become of it. `system_error`: the error number
// that SQLite has kept with an error of files; 0 if that is not known.
[[nodiscard]] Error translate(const std::string& operation, const SQLite::Exception& error,
                              const StoreConfig& config, Access access, FileState file,
                              int system_error = 0);

}  // namespace crier::sqlite
