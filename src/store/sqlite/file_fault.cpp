// SPDX-License-Identifier: MIT
#include "store/sqlite/file_fault.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <system_error>
#include <unistd.h>

namespace crier::sqlite {
namespace {

namespace fs = std::filesystem;

std::string in_quotes(const fs::path& path) { return "'" + path.string() + "'"; }

// As the effective user, which is who opens files.
bool may(const fs::path& path, int right) {
  return faccessat(AT_FDCWD, path.c_str(), right, AT_EACCESS) == 0;
}

std::string missing(const fs::path& file, const fs::path& folder, const StoreConfig& config,
                    Access access) {
  if (access != Access::create) {
    return "no database at " + in_quotes(file) + "; create it with: " + config.migrate_command;
  }
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {
    return "there is no folder " + in_quotes(folder) + " for the database " + in_quotes(file) +
           "; create it first";
  }
  return {};
}

// The reason why the last `may` said no.
std::string reason() { return std::generic_category().message(errno); }

std::string forbidden(const fs::path& file, Access access) {
  if (!may(file, R_OK)) {
    return "can't read " + in_quotes(file) + ": " + reason();
  }
  if (access != Access::read_only && !may(file, W_OK)) {
    return "can't write to " + in_quotes(file) + ": " + reason();
  }
  return {};
}

}  // namespace

std::string file_fault(const StoreConfig& config, Access access) {
  const fs::path file = config.database;
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  std::error_code why;
  const fs::file_status status = fs::status(file, why);
  switch (status.type()) {
    case fs::file_type::not_found:
      if (std::string fault = missing(file, folder, config, access); !fault.empty()) {
        return fault;
      }
      break;
    case fs::file_type::none:
      return "can't reach " + in_quotes(file) + ": " + why.message();
    case fs::file_type::directory:
      return in_quotes(file) + " is a directory, not a database";
    case fs::file_type::regular:
      if (access != Access::create && fs::is_empty(file, why)) {
        return "no database in " + in_quotes(file) +
               ": the file is empty; restore it from a backup, or create it with: " +
               config.migrate_command;
      }
      break;
    default:
      return in_quotes(file) + " is not a regular file";
  }

  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm"}) {
    const fs::path one = config.database + suffix;
    if (fs::exists(one, ignored)) {
      if (std::string fault = forbidden(one, access); !fault.empty()) {
        return fault;
      }
    }
  }
  if (!may(folder, W_OK | X_OK)) {
    return "can't write to the folder " + in_quotes(folder) + ", where SQLite keeps files beside " +
           in_quotes(file) + ": " + reason();
  }
  return {};
}

}  // namespace crier::sqlite
