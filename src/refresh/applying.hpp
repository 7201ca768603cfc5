// SPDX-License-Identifier: MIT
#pragma once

#include <crier/guid.hpp>

#include <span>
#include <vector>

namespace crier {

// As long as it lives, this thread is in a call of a refresher: whatever it publishes meanwhile
// comes of what is applied.
class Applying {
 public:
  // `chain` is that of the instruction's source; both live as long as this.
  Applying(const Guid& refresher, std::span<const Guid> chain);
  ~Applying();
  Applying(const Applying&) = delete;
  Applying& operator=(const Applying&) = delete;

  // The refreshers in whose calls this thread publishes now, with those that led to them, the first
  // one first. Empty: in none.
  [[nodiscard]] static std::vector<Guid> chain();
  // What this thread has published now was refused for its chain.
  static void refuse();
  // Whether that happened in this call.
  [[nodiscard]] bool was_refused() const { return was_refused_; }

 private:
  const Guid& refresher_;
  const std::span<const Guid> chain_;
  Applying* const outer_;
  bool was_refused_ = false;
};

}  // namespace crier
