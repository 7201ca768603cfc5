// SPDX-License-Identifier: MIT
#include "store/sqlite/open_files.hpp"

#include <mutex>
#include <pthread.h>
#include <set>

namespace crier::sqlite {
namespace {

struct Files {
  std::mutex mutex;
  std::multiset<FileIdentity> own;  // guarded by mutex, as is the next
  std::set<FileIdentity> parents;
};

// Never destroyed: threads that are left to themselves may close a database at exit().
Files& files() {
  static Files& all = *[] {
    auto* const made = new Files;
    // So that the child does not meet a mutex that a thread had locked which it does not have.
    pthread_atfork([] { files().mutex.lock(); }, [] { files().mutex.unlock(); },
                   [] {
                     Files& inherited = files();
                     inherited.parents.insert(inherited.own.begin(), inherited.own.end());
                     inherited.own.clear();
                     inherited.mutex.unlock();
                   });
    return made;
  }();
  return all;
}

}  // namespace

NotedOpen::NotedOpen(const FileIdentity& file) : file_(file) {
  const std::lock_guard lock(files().mutex);
  files().own.insert(file);
}

NotedOpen::~NotedOpen() {
  const std::lock_guard lock(files().mutex);
  if (const auto own = files().own.find(file_); own != files().own.end()) {
    files().own.erase(own);
  }
}

bool NotedOpen::is_parents(const FileIdentity& file) {
  const std::lock_guard lock(files().mutex);
  return files().parents.contains(file);
}

}  // namespace crier::sqlite
