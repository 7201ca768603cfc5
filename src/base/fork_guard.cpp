// SPDX-License-Identifier: MIT
#include "base/fork_guard.hpp"

#include <crier/error.hpp>

#include <atomic>
#include <pthread.h>

namespace crier {

namespace {

// How many forks lie between this process and the first one.
std::atomic<std::uint64_t> generation = 0;

}  // namespace

ForkGuard::ForkGuard() noexcept {
  static const bool watches = pthread_atfork(nullptr, nullptr, [] { ++generation; }) == 0;
  static_cast<void>(watches);
  made_in_ = generation;
}

bool ForkGuard::is_child() const noexcept { return generation != made_in_; }

void ForkGuard::refuse_child(const char* operation) const {
  if (is_child()) {
    throw Error(operation,
                "this process is a child, by fork(), of the one that made this: call exec() first, "
                "or make what it needs anew");
  }
}

}  // namespace crier
