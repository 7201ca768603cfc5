// SPDX-License-Identifier: MIT
#include "store/sqlite/look.hpp"

#include "base/url_text.hpp"
#include "store/sqlite/companions.hpp"
#include "store/sqlite/file_fault.hpp"

#include <sqlite3.h>

#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace crier::sqlite {
namespace {

// SQLite's own, but for one function.
struct LookVfs {
  sqlite3_vfs base;  // first, so that SQLite's pointer leads here
  sqlite3_vfs* below;
};

int open_beside(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  sqlite3_vfs* const below = reinterpret_cast<LookVfs*>(vfs)->below;
  constexpr int kBeside = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;
  return below->xOpen(below, name, file,
                      (flags & kBeside) != 0 ? flags & ~SQLITE_OPEN_CREATE : flags, out_flags);
}

}  // namespace

// SQLite gives what the root makes to the owner.
bool is_look(const std::string& database, Access access) {
  struct stat file {};
  return geteuid() != 0 && ::stat(database.c_str(), &file) == 0 && file.st_uid != geteuid() &&
         (access == Access::read_only || !may_write(database));
}

std::string look_uri(const std::string& database) {
  return "file:" + escaped(real_path(database), "%?#") +
         (may_write(database) ? "" : "?readonly_shm=1");
}

// Over another's VFS nothing is put, which may expect itself in all functions.
// Never destroyed: threads that are left to themselves may use it at exit().
const char* look_vfs() {
  if (!std::string_view(sqlite3_vfs_find(nullptr)->zName).starts_with("unix")) {
    return "";
  }
  static const LookVfs& made = *[] {
    sqlite3_vfs* const below = sqlite3_vfs_find(nullptr);
    auto* const vfs = new LookVfs{*below, below};
    vfs->base.zName = "crier-look";
    vfs->base.xOpen = open_beside;
    sqlite3_vfs_register(&vfs->base, 0);
    return vfs;
  }();
  return made.base.zName;
}

}  // namespace crier::sqlite
