// SPDX-License-Identifier: MIT
#include "support/sqlite_calls.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <cstdarg>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace crier::test {
namespace {

// SQLite's hooks bear no data of their own.
SqliteCalls::Gate call_gate;

bool refused(std::string_view call) {
  const int error = call_gate(call);
  errno = error;
  return error != 0;
}

int gated_open(const char* path, int flags, int mode) {
  return refused("open") ? -1 : open(path, flags, mode);
}
int gated_fcntl(int file, int command, ...) {
  std::va_list arguments;
  va_start(arguments, command);
  void* const argument = va_arg(arguments, void*);
  va_end(arguments);
  return refused("fcntl") ? -1 : fcntl(file, command, argument);
}
ssize_t gated_write(int file, const void* bytes, std::size_t size) {
  return refused("write") ? -1 : write(file, bytes, size);
}
ssize_t gated_pwrite64(int file, const void* bytes, std::size_t size, off64_t at) {
  return refused("pwrite64") ? -1 : pwrite64(file, bytes, size, at);
}
int gated_ftruncate(int file, off_t size) {
  return refused("ftruncate") ? -1 : ftruncate(file, size);
}
int gated_unlink(const char* path) { return refused("unlink") ? -1 : unlink(path); }

template <class Function>
void hook(const char* call, Function* function) {
  sqlite3_vfs* const vfs = sqlite3_vfs_find("unix");
  vfs->xSetSystemCall(vfs, call, reinterpret_cast<sqlite3_syscall_ptr>(function));
}

}  // namespace

SqliteCalls::SqliteCalls(Gate gate) {
  call_gate = std::move(gate);
  hook("open", gated_open);
  hook("fcntl", gated_fcntl);
  hook("write", gated_write);
  hook("pwrite64", gated_pwrite64);
  hook("ftruncate", gated_ftruncate);
  hook("unlink", gated_unlink);
}

SqliteCalls::~SqliteCalls() {
  sqlite3_vfs* const vfs = sqlite3_vfs_find("unix");
  vfs->xSetSystemCall(vfs, nullptr, nullptr);  // all of them as they were
  call_gate = nullptr;
}

}  // namespace crier::test
