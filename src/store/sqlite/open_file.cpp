// SPDX-License-Identifier: MIT
#include "store/sqlite/open_file.hpp"

#include <crier/error.hpp>

#include "base/file_error.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <system_error>

namespace crier::sqlite {
namespace {

bool look_at(const char* path, struct stat& file) { return ::stat(path, &file) == 0; }

FileIdentity identity_of(const struct stat& file) { return {file.st_dev, file.st_ino}; }

}  // namespace

OpenFile::OpenFile(sqlite3* handle, const std::string& path) {
  // The working directory may change. Links are kept: one may be turned to another database.
  std::error_code failed;
  path_ = std::filesystem::absolute(path, failed).string();
  const char* const followed = sqlite3_db_filename(handle, "main");
  log_paths_ = {std::string(followed) + "-wal", std::string(followed) + "-shm"};
  struct stat asked {};
  struct stat open {};
  int moved = 0;
  // In this order. SQLite tells of its own path only, in which it has followed the links.
  if (failed || !look_at(path_.c_str(), asked) || !look_at(followed, open) ||
      sqlite3_file_control(handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK ||
      moved != 0) {
    return;
  }
  if (identity_of(asked) == identity_of(open)) {
    identity_ = identity_of(asked);
    noted_.emplace(*identity_);
    had_pages_ = asked.st_size != 0;
  }
}

FileState OpenFile::state() noexcept {
  struct stat file {};
  if (!identity_ || !look_at(path_.c_str(), file) || *identity_ != identity_of(file)) {
    return FileState::moved;
  }
  had_pages_ = had_pages_ || file.st_size != 0;
  if (file.st_size == 0 && had_pages_) {
    return FileState::truncated;
  }
  return look_at_log() ? FileState::in_place : FileState::log_moved;
}

// SQLite removes them with the last connection, and never before.
bool OpenFile::look_at_log() noexcept {
  std::array<FileIdentity, 2> found;
  for (std::size_t i = 0; i < found.size(); ++i) {
    struct stat file {};
    if (!look_at(log_paths_[i].c_str(), file)) {
      return !log_;
    }
    found[i] = identity_of(file);
  }
  if (!log_) {
    log_ = found;
  }
  return *log_ == found;
}

// The mapping of the index that stands there is this connection's own, if it has one. A database
// that has no log yet has none.
bool OpenFile::is_log_stale() const {
  struct stat file {};
  if (!look_at(log_paths_[0].c_str(), file)) {
    return false;
  }
  std::ifstream mappings("/proc/self/maps");
  if (!mappings && is_passing_file_error(errno)) {
    throw Error("open", "can't open '" + path_ + "': " + file_error_text(errno),
                Error::Kind::retryable);
  }
  const std::string removed = log_paths_[1] + " (deleted)";
  bool is_stale = false;
  for (std::string line; std::getline(mappings, line);) {
    if (line.ends_with(log_paths_[1])) {
      return false;
    }
    is_stale = is_stale || line.ends_with(removed);
  }
  return is_stale || !look_at(log_paths_[1].c_str(), file);
}

}  // namespace crier::sqlite
