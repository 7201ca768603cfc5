// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace crier {

// Tells whether this process is a child, by fork(), of the one in which it was made: there the
// threads are gone, mutexes may be locked for good, and the connections are the parent's. Cheap.
class ForkGuard {
 public:
  ForkGuard() noexcept;
  [[nodiscard]] bool is_child() const noexcept;
  // Throws crier::Error in a child.
  void refuse_child(const char* operation) const;

 private:
  std::uint64_t made_in_;
};

}  // namespace crier
