// SPDX-License-Identifier: MIT
#include "store/sqlite/open_file.hpp"

#include <sqlite3.h>

#include <filesystem>
#include <sys/stat.h>
#include <system_error>

namespace crier::sqlite {
namespace {

bool look_at(const char* path, struct stat& file) { return ::stat(path, &file) == 0; }

}  // namespace

OpenFile::OpenFile(sqlite3* handle, const std::string& path) {
  // The working directory may change. Links are kept: one may be turned to another database.
  std::error_code failed;
  path_ = std::filesystem::absolute(path, failed).string();
  struct stat asked {};
  struct stat open {};
  int moved = 0;
  // In this order. SQLite tells of its own path only, in which it has followed the links.
  if (failed || !look_at(path_.c_str(), asked) ||
      !look_at(sqlite3_db_filename(handle, "main"), open) ||
      sqlite3_file_control(handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK ||
      moved != 0) {
    return;
  }
  const Identity identity{asked.st_dev, asked.st_ino};
  if (identity == Identity{open.st_dev, open.st_ino}) {
    identity_ = identity;
    had_pages_ = asked.st_size != 0;
  }
}

[[gnu::hot]] FileState OpenFile::state() noexcept {
  struct stat file {};
  if (!identity_ || !look_at(path_.c_str(), file) ||
      *identity_ != Identity{file.st_dev, file.st_ino}) {
    return FileState::moved;
  }
  had_pages_ = had_pages_ || file.st_size != 0;
  return file.st_size == 0 && had_pages_ ? FileState::truncated : FileState::in_place;
}

}  // namespace crier::sqlite
