// SPDX-License-Identifier: MIT
#pragma once

#include <crier/distributed_cache.hpp>
#include <crier/registry.hpp>

#include "base/own_entries.hpp"
#include "base/position.hpp"
#include "base/reporter.hpp"
#include "keeper/keeper.hpp"
#include "messenger/database_messenger.hpp"
#include "poller/fenced_progress.hpp"
#include "poller/poller.hpp"
#include "refresh/dispatcher.hpp"
#include "refresh/notifier.hpp"
#include "support/recording.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace crier::test {

// The application's data, and what a cache holds of it: no number stands for two changes, so that
// one that was missed is never hidden by a later one.
using Numbers = std::set<std::int64_t>;

// A number that a cache can't take by itself.
inline constexpr std::int64_t kBad = -1;

// A cache of the application's data.
class NumberRefresher final : public CacheRefresher {
 public:
  NumberRefresher(const Numbers& truth, Numbers& cache) : truth_(truth), cache_(cache) {}
  [[nodiscard]] Guid id() const override { return kProducts; }
  [[nodiscard]] std::string_view name() const override { return "numbers"; }
  void refresh_all() override { cache_ = truth_; }
  void refresh(std::int64_t number) override {
    if (number == kBad) {
      throw std::runtime_error("can't refresh this one");
    }
    cache_.insert(number);
  }
  void refresh(const Guid&) override {}
  void remove(std::int64_t number) override { cache_.erase(number); }

 private:
  const Numbers& truth_;
  Numbers& cache_;
};

// One incarnation of a durable node of the real parts, whose threads' steps are done by hand.
class SteppedNode {
 public:
  SteppedNode(Store& store, const Numbers& truth, Numbers& cache, std::string name = "stepped")
      : name_(std::move(name)),
        poller_(store, dispatcher_, reporter_, position_, own_, progress_,
                {.publish_position = [this] { keeper_.want_answer(); }}),
        keeper_(store, reporter_, position_, dispatcher_, own_, keeper_settings()),
        messenger_(store, dispatcher_, reporter_, own_, position_, {}) {
    registry_.add(std::make_shared<NumberRefresher>(truth, cache));
  }

  // As Node::start() does it.
  void start(Keeper::Time now) {
    keeper_.step(now);
    poller_.resume(keeper_.claim_position());
  }
  EntryId publish(std::int64_t number) { return cache_.refresh(kProducts, number); }
  // Later than whatever is to be tried again.
  bool poll() {
    clock_ += std::chrono::hours(1);
    return poller_.step({});
  }
  bool tick(Keeper::Time now) {
    if (keeper_.is_asked()) {
      keeper_.step(now);  // an answer, and no more
    }
    return keeper_.step(now).well;
  }
  void leave() { keeper_.leave(); }
  [[nodiscard]] EntryId position() const { return position_.entry(); }
  [[nodiscard]] Counters counters() const { return reporter_.counters(); }

 private:
  [[nodiscard]] Keeper::Settings keeper_settings() const {
    using namespace std::chrono_literals;
    Keeper::Settings settings;
    settings.node.name = name_;
    settings.node.incarnation = Guid::random();
    settings.node.interval = 5s;
    settings.lease_duration = 15s;
    settings.stalled_after = 30s;
    settings.pruning = {1h, 2h, 1s, 0s, 1h};
    settings.keep_position = KeepPosition::in_database;
    settings.canary_interval = 1s;
    return settings;
  }

  const std::string name_;
  const std::string identity_ = "stepped/" + Guid::random().to_string();
  Registry registry_;
  Reporter reporter_{nullptr, [](LogLevel, std::string_view) {}};
  Notifier notifier_{reporter_};
  Dispatcher::Time clock_ = Position::Clock::now();
  Dispatcher dispatcher_{registry_,
                         notifier_,
                         reporter_,
                         {.retry = {.retries = 0}, .clock = [this] { return clock_; }}};
  Position position_;
  OwnEntries own_{identity_};
  FencedProgress progress_;
  Poller poller_;
  Keeper keeper_;
  DatabaseMessenger messenger_;
  DistributedCache cache_{registry_, messenger_};
};

}  // namespace crier::test
