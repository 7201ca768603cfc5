// SPDX-License-Identifier: MIT
#include "soak/cache.hpp"

#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <system_error>
#include <unistd.h>

namespace crier::soak {

Cache::Cache(const std::string& file, bool keep) {
  const int descriptor =
      open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | (keep ? 0 : O_TRUNC), 0600);
  if (descriptor < 0 || ftruncate(descriptor, sizeof *versions_) != 0) {
    throw std::system_error(errno, std::generic_category(), file);
  }
  void* const mapped =
      mmap(nullptr, sizeof *versions_, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  close(descriptor);
  if (mapped == MAP_FAILED) {
    throw std::system_error(errno, std::generic_category(), file);
  }
  versions_ = static_cast<std::array<Versions, kParts.size()>*>(mapped);
}

Cache::~Cache() { munmap(versions_, sizeof *versions_); }

void Cache::store(std::size_t part, std::size_t key, std::int64_t version) {
  std::atomic_ref((*versions_)[part][key]).store(version);
}

std::int64_t Cache::version(std::size_t part, std::size_t key) const {
  return std::atomic_ref((*versions_)[part][key]).load();
}

}  // namespace crier::soak
