// SPDX-License-Identifier: MIT
#include "simulation/sim_node.hpp"

#include "simulation/sim_log.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <utility>

namespace crier::test {

// Hears in which order entries are applied.
class SimNode::Ears final : public Observer {
 public:
  explicit Ears(const Settings& settings) : settings_(settings) {}

  void on_applied(const Instruction& instruction, const Source& source) override {
    if (instruction.refresher == kItems || instruction.refresher == kPages) {
      settings_.applied(instruction, source.entry);
    }
    if (source.entry.value == 0) {
      return;  // published here
    }
    // What came before it is no longer there; one that hung may have returned late, of a log that
    // was replaced since.
    if (instruction.type == RefreshType::refresh_all) {
      last_.erase(instruction.refresher);
      return;
    }
    // A call that hung may return when everything was refreshed, perhaps of another log.
    if (source.entry <= resynced_ || source.entry > settings_.newest()) {
      return;
    }
    EntryId& last = last_[instruction.refresher];
    if (source.entry < last && last <= settings_.newest()) {
      settings_.violated("entry " + source.entry.to_string() + " was applied after entry " +
                         last.to_string());
    }
    last = source.entry;
  }
  void on_failure(const Failure& failure) override {
    // A read that fails again and again is passed, and everything refreshed.
    const bool was_passed = failure.kind == FailureKind::unreadable &&
                            failure.what.starts_with("it could not be read in ");
    if (failure.kind != FailureKind::refresher_threw && !was_passed) {
      settings_.violated("an instruction failed: " + std::string(failure.what));
    }
  }
  void on_resync(const Resync& resync) override {
    last_.clear();
    resynced_ = resync.entry;
    settings_.resynced(resync);
  }

 private:
  const Settings& settings_;
  std::map<Guid, EntryId> last_;  // by refresher
  EntryId resynced_;              // from where it goes on since
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
      ears_(std::make_shared<Ears>(settings_)),
      reporter_(ears_, [](LogLevel, std::string_view) {}),
      pages_(has_pages() ? registry_ : nobodys_, kPages, "pages", settings_.shared,
             {.clock = [this] { return settings_.now().time_since_epoch(); }}),
      dispatcher_(registry_, notifier_, reporter_,
                  {.retry = retry_policy(), .clock = settings_.clock}),
      messenger_(store, dispatcher_, reporter_, own_, position_, {}, &followers_),
      keeper_(store, reporter_, position_, dispatcher_, own_, settings_.keeper) {
  for (std::size_t i = 0; i < kCaches.size(); ++i) {
    registry_.add(std::make_shared<SimRefresher>(i, truth, cache_, settings_.before_refresh));
  }
  if (!has_pages()) {
    registry_.add(std::make_shared<NoPages>());
  }
  add_poller();
}

bool SimNode::start(Time now, const std::function<Contents()>& surviving) {
  polling = true;
  tick(now);
  try {
    cache_ = surviving();
    ticking = true;
    followers_.follow(std::make_shared<SimLog>(store_, position_, progress_, own_, settings_.origin,
                                               settings_.hurry));
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
  Poller::Settings settings{settings_.max_processing_instructions,
                            [this] { keeper_.want_answer(); }};
  settings.rename = [this](EntryId entry) {
    // No ride bears this: those go on with a slash.
    own_.rename("sim/" + incarnation().to_string() + "-" + entry.to_string());
  };
  settings.followers = followers_.empty() ? nullptr : &followers_;
  settings.longest_ahead = std::chrono::milliseconds(100);
  settings.clock = settings_.now;
  settings.name = name();
  pollers_.push_back({std::make_unique<Poller>(store_, dispatcher_, reporter_, position_, own_,
                                               progress_, std::move(settings)),
                      std::stop_source()});
}

void SimNode::forget() {
  region_.clear();
  if (has_pages()) {
    registry_.find(kPages)->refresh_all();
  }
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
