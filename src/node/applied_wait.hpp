// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/surroundings.hpp>
#include <crier/entry.hpp>
#include <crier/guid.hpp>
#include <crier/wait.hpp>

#include "base/position.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace crier {

class Dispatcher;
class InstructionLog;

// What the log says of an id.
enum class Standing : std::uint8_t {
  there,   // its entry is there, or was pruned
  other,   // an entry is there that is not the one that is meant
  beyond,  // no entry has that id yet
  unsure,  // the log could not be asked
};

[[nodiscard]] Standing standing_of(InstructionLog& log, EntryId entry);

// Where a wait finds out how far the node is.
struct WaitSources {
  const Position& position;
  const Dispatcher& dispatcher;
  std::function<Standing(EntryId entry, std::chrono::milliseconds at_most)> look;
  std::function<void()> ring;                 // makes the node look at what rang nobody
  std::function<void()> hurry;                // makes it look at what it has applied ahead
  std::shared_ptr<Surroundings> around = {};  // null: the machine's clock, and threads
};

// Waiting for one entry, on one node, for all of its refreshers or some. Whoever waits asks step(),
// again with each change of the position, and at next_step().
class AppliedWait {
 public:
  using Time = std::chrono::steady_clock::time_point;

  AppliedWait(EntryId entry, std::vector<Guid> refreshers, Time now, Time deadline,
              Position::Waiter waiter = nullptr)
      : entry_(entry),
        refreshers_(std::move(refreshers)),
        deadline_(deadline),
        next_look_(now + kWoken),
        waiter_(std::move(waiter)) {}

  // Why it has ended; nothing: it goes on. Looks at the log once, if the entry is not applied soon.
  std::optional<WaitEnd> step(const WaitSources& sources, Time now);
  [[nodiscard]] Time next_step() const {
    return confirmed_ ? deadline_ : std::min(next_look_, deadline_);
  }

 private:
  // An entry that was rung for is applied by then.
  static constexpr std::chrono::milliseconds kWoken{2};
  // After a look that could not tell.
  static constexpr std::chrono::milliseconds kPatience{500};

  EntryId entry_;
  std::vector<Guid> refreshers_;
  Time deadline_;
  Time next_look_;
  bool has_looked_ = false;
  bool has_hurried_ = false;  // the node, which had applied more than it had read
  Position::Waiter waiter_;
  // How often the position had been reset when it was found that the log holds the entry: it may be
  // another log since.
  std::optional<std::uint64_t> confirmed_;
};

}  // namespace crier
