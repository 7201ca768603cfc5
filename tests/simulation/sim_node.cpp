// SPDX-License-Identifier: MIT
#include "simulation/sim_node.hpp"

#include <optional>
#include <utility>

namespace crier::test {

// Hears in which order entries are applied.
class SimNode::Ears final : public Observer {
 public:
  explicit Ears(std::function<void(const std::string&)> violated)
      : violated_(std::move(violated)) {}

  void on_applied(const Instruction& instruction, const Source& source) override {
    if (instruction.type == RefreshType::refresh_all) {
      return;
    }
    if (source.entry < last_) {
      violated_("entry " + source.entry.to_string() + " was applied after entry " +
                last_.to_string());
    }
    last_ = source.entry;
  }
  void on_failure(const Failure& failure) override {
    violated_("an instruction failed: " + std::string(failure.what));
  }
  void on_resync(const Resync& resync) override { last_ = resync.entry; }

 private:
  const std::function<void(const std::string&)> violated_;
  EntryId last_;
};

SimNode::SimNode(MemoryStore& store, const Contents& truth, Settings settings)
    : settings_(std::move(settings)),
      ears_(std::make_shared<Ears>(settings_.violated)),
      reporter_(ears_, [](LogLevel, std::string_view) {}),
      poller_(store, dispatcher_, reporter_, position_,
              {originated(), settings_.max_processing_instructions, [this] { asked = true; }}),
      keeper_(store, reporter_, position_, settings_.keeper) {
  for (std::size_t i = 0; i < kCaches.size(); ++i) {
    registry_.add(std::make_shared<SimRefresher>(i, truth, cache_, settings_.before_refresh));
  }
}

bool SimNode::start(Time now, const std::function<Contents()>& surviving) {
  polling = true;
  tick(now);
  try {
    cache_ = surviving();
    ticking = true;
    const std::optional<Cursor> kept = keeper_.claim_position();
    ticking = false;  // from here on its own thread may
    if (durable()) {
      poller_.resume(kept);
    } else {
      poller_.start(ColdStart::refresh_all);
    }
  } catch (const Error&) {
    return false;
  }
  polling = false;
  publishing = true;
  return true;
}

void SimNode::poll() {
  polling = true;
  poller_.step({});
  polling = false;
}

void SimNode::tick(Time now) {
  ticking = true;
  keeper_.step(now, bell_);
  ticking = false;
}

}  // namespace crier::test
