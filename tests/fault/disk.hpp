// SPDX-License-Identifier: MIT
#pragma once

#include <doctest/doctest.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sched.h>
#include <string>
#include <sys/mount.h>
#include <unistd.h>

namespace crier::test {

// Mounts of this process alone, which go when it ends. Where the system allows none, says so: a
// test that needs one is then skipped, and shown as that. REQUIRES: no other thread runs.
class Mounts {
 public:
  Mounts() {
    static const bool kMine = unshare_mounts();
    mine_ = kMine;
  }
  ~Mounts() {
    for (const std::string& folder : mounted_) {
      umount2(folder.c_str(), MNT_DETACH);
    }
  }
  Mounts(const Mounts&) = delete;
  Mounts& operator=(const Mounts&) = delete;

  // A disk of its own at `folder`, which must be there.
  [[nodiscard]] bool small_disk(const std::filesystem::path& folder, const std::string& size) {
    return mounted(folder, mine_ && mount("crier-test", folder.c_str(), "tmpfs", 0,
                                          ("size=" + size).c_str()) == 0);
  }
  // `target` shows what stands in `source`: both are folders, or both are files.
  [[nodiscard]] bool shown(const std::filesystem::path& source,
                           const std::filesystem::path& target) {
    return mounted(target,
                   mine_ && mount(source.c_str(), target.c_str(), nullptr, MS_BIND, nullptr) == 0);
  }
  // `folder` shows what stands in `source`, for reading only.
  [[nodiscard]] bool read_only(const std::filesystem::path& source,
                               const std::filesystem::path& folder) {
    return mounted(folder,
                   mine_ && mount(source.c_str(), folder.c_str(), nullptr, MS_BIND, nullptr) == 0 &&
                       mount(nullptr, folder.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY,
                             nullptr) == 0);
  }

 private:
  static bool unshare_mounts() {
    const uid_t user = geteuid();
    const gid_t group = getegid();
    if (user != 0) {
      // An ordinary user is root in a namespace of its own, where the system allows that.
      if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) {
        return false;
      }
      std::ofstream("/proc/self/setgroups") << "deny";
      std::ofstream("/proc/self/uid_map") << "0 " << user << " 1";
      std::ofstream("/proc/self/gid_map") << "0 " << group << " 1";
    } else if (unshare(CLONE_NEWNS) != 0) {
      return false;
    }
    return mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
  }
  bool mounted(const std::filesystem::path& folder, bool is) {
    if (is) {
      mounted_.push_back(folder);
    } else {
      MESSAGE("SKIPPED: nothing can be mounted here: " << std::strerror(errno));
    }
    return is;
  }

  bool mine_ = false;
  std::vector<std::string> mounted_;
};

}  // namespace crier::test
