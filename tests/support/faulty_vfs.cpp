// SPDX-License-Identifier: MIT
#include "support/faulty_vfs.hpp"

#include <sqlite3.h>

#include <utility>

namespace crier::test {
namespace {

// SQLite's hooks bear no data of their own.
FaultyVfs::Gate vfs_gate;
sqlite3_vfs* real_vfs = nullptr;
sqlite3_vfs faulty_vfs;

// The real file follows it in memory.
struct File {
  sqlite3_file base;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

sqlite3_file* real(sqlite3_file* file) { return reinterpret_cast<File*>(file)->real(); }
const sqlite3_io_methods& methods(sqlite3_file* file) { return *real(file)->pMethods; }

// What the gate says, else what the real file does.
template <class Call>
int pass(std::string_view what, Call call) {
  const int fault = vfs_gate(what);
  return fault != 0 ? fault : call();
}

int close_file(sqlite3_file* file) { return methods(file).xClose(real(file)); }
int read_file(sqlite3_file* file, void* bytes, int size, sqlite3_int64 at) {
  return pass("read", [&] { return methods(file).xRead(real(file), bytes, size, at); });
}
int write_file(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
  return pass("write", [&] { return methods(file).xWrite(real(file), bytes, size, at); });
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  return pass("truncate", [&] { return methods(file).xTruncate(real(file), size); });
}
// One that is let through does nothing: the power does not fail here, and disks are slow.
int sync_file(sqlite3_file*, int) {
  return pass("sync", [] { return SQLITE_OK; });
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return pass("size", [&] { return methods(file).xFileSize(real(file), size); });
}
int lock_file(sqlite3_file* file, int level) {
  return pass("lock", [&] { return methods(file).xLock(real(file), level); });
}
int unlock_file(sqlite3_file* file, int level) { return methods(file).xUnlock(real(file), level); }
int check_reserved(sqlite3_file* file, int* result) {
  return methods(file).xCheckReservedLock(real(file), result);
}
int control(sqlite3_file* file, int operation, void* argument) {
  return methods(file).xFileControl(real(file), operation, argument);
}
int sector_size(sqlite3_file* file) { return methods(file).xSectorSize(real(file)); }
int characteristics(sqlite3_file* file) { return methods(file).xDeviceCharacteristics(real(file)); }
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** memory) {
  return pass("shm_map",
              [&] { return methods(file).xShmMap(real(file), page, size, extend, memory); });
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  const auto call = [&] { return methods(file).xShmLock(real(file), offset, count, flags); };
  return (flags & SQLITE_SHM_UNLOCK) != 0 ? call() : pass("shm_lock", call);
}
void shm_barrier(sqlite3_file* file) { methods(file).xShmBarrier(real(file)); }
int shm_unmap(sqlite3_file* file, int remove) {
  return methods(file).xShmUnmap(real(file), remove);
}
int fetch(sqlite3_file* file, sqlite3_int64 at, int size, void** memory) {
  return methods(file).xFetch(real(file), at, size, memory);
}
int unfetch(sqlite3_file* file, sqlite3_int64 at, void* memory) {
  return methods(file).xUnfetch(real(file), at, memory);
}

const sqlite3_io_methods kMethods = {.iVersion = 3,
                                     .xClose = close_file,
                                     .xRead = read_file,
                                     .xWrite = write_file,
                                     .xTruncate = truncate_file,
                                     .xSync = sync_file,
                                     .xFileSize = file_size,
                                     .xLock = lock_file,
                                     .xUnlock = unlock_file,
                                     .xCheckReservedLock = check_reserved,
                                     .xFileControl = control,
                                     .xSectorSize = sector_size,
                                     .xDeviceCharacteristics = characteristics,
                                     .xShmMap = shm_map,
                                     .xShmLock = shm_lock,
                                     .xShmBarrier = shm_barrier,
                                     .xShmUnmap = shm_unmap,
                                     .xFetch = fetch,
                                     .xUnfetch = unfetch};

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  file->pMethods = nullptr;  // so that nothing is closed where it does not open
  return pass("open", [&] {
    const int code = real_vfs->xOpen(real_vfs, name, real(file), flags, flags_out);
    if (real(file)->pMethods != nullptr) {
      file->pMethods = &kMethods;
    }
    return code;
  });
}
int delete_file(sqlite3_vfs*, const char* name, int sync_folder) {
  return pass("delete", [&] { return real_vfs->xDelete(real_vfs, name, sync_folder); });
}

}  // namespace

FaultyVfs::FaultyVfs(Gate gate) {
  vfs_gate = std::move(gate);
  real_vfs = sqlite3_vfs_find(nullptr);
  faulty_vfs = *real_vfs;
  faulty_vfs.zName = "faulty";
  faulty_vfs.szOsFile = static_cast<int>(sizeof(File)) + real_vfs->szOsFile;
  faulty_vfs.xOpen = open_file;
  faulty_vfs.xDelete = delete_file;
  sqlite3_vfs_register(&faulty_vfs, 1);
}

FaultyVfs::~FaultyVfs() {
  sqlite3_vfs_unregister(&faulty_vfs);
  sqlite3_vfs_register(real_vfs, 1);
  vfs_gate = nullptr;
}

}  // namespace crier::test
