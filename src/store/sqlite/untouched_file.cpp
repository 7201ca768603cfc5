// SPDX-License-Identifier: MIT
#include "store/sqlite/untouched_file.hpp"

#include "base/url_text.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <utility>

namespace crier::sqlite {
namespace {

bool is_same(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

}  // namespace

UntouchedFile::UntouchedFile(std::string path)
    : path_(std::move(path)),
      beside_{path_ + "-wal", path_ + "-shm", path_ + "-journal"},
      stamp_(look()) {}

std::optional<UntouchedFile> UntouchedFile::find(const std::string& database) {
  std::error_code error;
  const std::string path = std::filesystem::canonical(database, error).string();
  struct stat file {};
  if (error || ::stat(path.c_str(), &file) != 0 || !S_ISREG(file.st_mode)) {
    return std::nullopt;
  }
  UntouchedFile found(path);
  return found.stamp_ ? std::optional(std::move(found)) : std::nullopt;
}

bool UntouchedFile::is_still() const noexcept {
  const std::optional<Stamp> now = look();
  return now && now->device == stamp_->device && now->inode == stamp_->inode &&
         now->size == stamp_->size && is_same(now->modified, stamp_->modified) &&
         is_same(now->changed, stamp_->changed);
}

std::string UntouchedFile::uri() const { return "file:" + escaped(path_, "%?#") + "?immutable=1"; }

// The file after those beside it: what was written through them stands there by then.
std::optional<UntouchedFile::Stamp> UntouchedFile::look() const noexcept {
  struct stat file {};
  for (const std::string& one : beside_) {
    if (::lstat(one.c_str(), &file) == 0 || errno != ENOENT) {
      return std::nullopt;
    }
  }
  if (::stat(path_.c_str(), &file) != 0) {
    return std::nullopt;
  }
  return Stamp{file.st_dev, file.st_ino, file.st_size, file.st_mtim, file.st_ctim};
}

}  // namespace crier::sqlite
