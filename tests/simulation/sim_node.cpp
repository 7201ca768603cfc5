// SPDX-License-Identifier: MIT
#include "simulation/sim_node.hpp"

#include <chrono>
#include <map>
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
    EntryId& last = last_[instruction.refresher];
    if (source.entry < last) {
      violated_("entry " + source.entry.to_string() + " was applied after entry " +
                last.to_string());
    }
    last = source.entry;
  }
  void on_failure(const Failure& failure) override {
    if (failure.kind != FailureKind::refresher_threw) {
      violated_("an instruction failed: " + std::string(failure.what));
    }
  }
  // One that hung may return after it.
  void on_resync(const Resync&) override { last_.clear(); }

 private:
  const std::function<void(const std::string&)> violated_;
  std::map<Guid, EntryId> last_;  // by refresher
};

namespace {

// Nothing of it takes as long as the clock's shortest step, and so chance has no say in what is
// due.
RetryPolicy retry_policy() {
  using namespace std::chrono_literals;
  return {.retries = 3, .first_delay = 1ms, .give_up_after = 24h, .longest_delay = 1ms};
}

}  // namespace

SimNode::SimNode(MemoryStore& store, const Contents& truth, Settings settings)
    : store_(store),
      settings_(std::move(settings)),
      ears_(std::make_shared<Ears>(settings_.violated)),
      reporter_(ears_, [](LogLevel, std::string_view) {}),
      dispatcher_(registry_, notifier_, reporter_,
                  {.retry = retry_policy(), .clock = settings_.clock}),
      keeper_(store, reporter_, position_, dispatcher_, settings_.keeper) {
  for (std::size_t i = 0; i < kCaches.size(); ++i) {
    registry_.add(std::make_shared<SimRefresher>(i, truth, cache_, settings_.before_refresh));
  }
  add_poller();
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
      pollers_.back().poller->resume(kept);
    } else {
      pollers_.back().poller->start(ColdStart::refresh_all);
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
  Poller& poller = *pollers_.back().poller;
  poller.step(pollers_.back().stop.get_token());
  polling = false;
}

void SimNode::replace_poller() {
  dispatcher_.tell_stuck(dispatcher_.find_stuck({}));
  pollers_.back().stop.request_stop();
  add_poller();
  polling = false;
}

void SimNode::add_poller() {
  Poller::Settings settings{originated(), settings_.max_processing_instructions,
                            [this] { keeper_.want_answer(); }};
  pollers_.push_back({std::make_unique<Poller>(store_, dispatcher_, reporter_, position_,
                                               delivered_, progress_, std::move(settings)),
                      std::stop_source()});
}

void SimNode::tick(Time now) {
  answer_if_asked(now);
  ticking = true;
  keeper_.step(now);
  ticking = false;
}

void SimNode::answer_if_asked(Time now) {
  if (keeper_.is_asked()) {
    ticking = true;
    keeper_.step(now);
    ticking = false;
  }
}

}  // namespace crier::test
