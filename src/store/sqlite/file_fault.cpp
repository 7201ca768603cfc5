// SPDX-License-Identifier: MIT
#include "store/sqlite/file_fault.hpp"

#include "store/sqlite/companions.hpp"
#include "store/sqlite/look.hpp"
#include "store/sqlite/open_files.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace crier::sqlite {
namespace {

namespace fs = std::filesystem;

std::string in_quotes(const fs::path& path) { return "'" + path.string() + "'"; }

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

// Whether something was mounted over this very file.
bool is_mounted(const std::string& path) {
#ifdef STATX_ATTR_MOUNT_ROOT
  struct statx file {};
  return ::statx(AT_FDCWD, path.c_str(), 0, STATX_TYPE, &file) == 0 &&
         (file.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
#else
  return path.empty();
#endif
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

  if (std::string fault = companion_fault(config.database); !fault.empty()) {
    return fault;
  }
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    const fs::path one = config.database + suffix;
    if (fs::exists(one, ignored)) {
      if (std::string fault = forbidden(one, access); !fault.empty()) {
        return fault;
      }
    }
  }
  if (!is_look(config.database, access) && !may(folder, W_OK | X_OK)) {
    return "can't write to the folder " + in_quotes(folder) + ", where SQLite keeps files beside " +
           in_quotes(file) + ": " + reason();
  }
  return {};
}

bool may_write(const std::string& path) { return may(path, W_OK); }

int system_error(sqlite3* handle, int code) {
  if (code != SQLITE_IOERR_WRITE) {
    return sqlite3_system_errno(handle);
  }
  // One that comes at a commit leaves its number with its file alone: the log, or the database.
  int error = 0;
  sqlite3_file* log = nullptr;
  if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK &&
      log != nullptr && log->pMethods != nullptr) {
    log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &error);
  }
  if (error == 0) {
    sqlite3_file_control(handle, "main", SQLITE_FCNTL_LAST_ERRNO, &error);
  }
  // A journal's went with it.
  return error == 0 ? sqlite3_system_errno(handle) : error;
}

// The root's folder, where nobody has a lock.
bool are_descriptors_used_up() {
  const int one = ::open("/", O_PATH | O_CLOEXEC);
  const int error = errno;
  if (one >= 0) {
    ::close(one);
  }
  return one < 0 && (error == EMFILE || error == ENFILE);
}

std::string sharing_fault(const std::string& database) {
  struct stat file {};
  if (::stat(database.c_str(), &file) != 0 || !S_ISREG(file.st_mode)) {
    return {};
  }
  const std::string beside =
      ": SQLite keeps its write-ahead log beside the name by which it opens "
      "the file, so that programs which use another one would write over "
      "what is written here; ";
  if (file.st_nlink > 1) {
    return in_quotes(database) + " has " + std::to_string(file.st_nlink) + " names (hard links)" +
           beside + "remove the others";
  }
  if (is_mounted(database)) {
    return in_quotes(database) + " is mounted by itself, without its folder" + beside +
           "mount the folder in its place";
  }
  if (NotedOpen::is_parents({file.st_dev, file.st_ino})) {
    return "this process is a child, by fork(), of one that had " + in_quotes(database) +
           " open, and SQLite's locks do not survive a fork(); call exec() first, or fork before "
           "anything opens the database";
  }
  return {};
}

}  // namespace crier::sqlite
