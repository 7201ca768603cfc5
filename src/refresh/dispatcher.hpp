// SPDX-License-Identifier: MIT
#pragma once

#include <crier/instruction.hpp>
#include <crier/messenger.hpp>
#include <crier/observer.hpp>
#include <crier/refresher.hpp>

#include <cstddef>
#include <span>
#include <string_view>

namespace crier {

class Notifier;
class Registry;
class Reporter;

// Runs refreshers: what was published here, and what was read from the log. Thread-safe as far as
// the refreshers are. Nothing that a refresher throws leaves it: it is reported, counted, passed.
class Dispatcher {
 public:
  Dispatcher(const Registry& registry, Notifier& notifier, Reporter& reporter);

  // `index` is the instruction's place in its entry. With `local` these calls are made in place of
  // what the instruction says.
  void apply(const Instruction& instruction, std::size_t index, const Source& source,
             std::span<const LocalCall> local = {});
  // refresh_all on every refresher and on the fallback.
  void refresh_everything(const Source& source);

 private:
  class Run;

  void apply_unguarded(const Instruction& instruction, std::size_t index, const Source& source,
                       std::span<const LocalCall> local);
  void apply_by_type(Run& run, const Instruction& instruction);

  const Registry& registry_;
  Notifier& notifier_;
  Reporter& reporter_;
};

}  // namespace crier
