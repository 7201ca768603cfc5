// SPDX-License-Identifier: MIT
#pragma once

#include <crier/registry.hpp>

#include "base/own_entries.hpp"
#include "base/position.hpp"
#include "base/reporter.hpp"
#include "keeper/keeper.hpp"
#include "refresh/dispatcher.hpp"
#include "refresh/notifier.hpp"
#include "support/memory_store.hpp"
#include "support/recording.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace crier::test {

using namespace std::chrono_literals;

/// Writes down what keepers tell.
class KeeperObserver final : public Observer {
 public:
  Record record;

  void on_role_changed(Role from, Role to) override {
    record.add(std::string(to_string(from)) + " -> " + std::string(to_string(to)));
  }
  void on_beat_failed(const std::string& what) override { record.add("beat failed: " + what); }
  void on_beat_recovered() override { record.add("beat recovered"); }
};

/// A log in memory whose clock, and with it the steady one, is moved by hand.
struct KeeperFixture {
  MemoryStore store;
  Keeper::Time now = Position::Clock::now();

  void pass(std::chrono::milliseconds duration) {
    now += duration;
    store.now += duration;
  }
  /// The place of an entry; the log is written up to there.
  Cursor place(std::int64_t id) {
    while (store.rows().empty() || store.rows().back().id.value < id) {
      store.write("x", "[]");
    }
    for (const Entry& row : store.rows()) {
      if (row.id.value == id) {
        return {row.id, row.fingerprint()};
      }
    }
    return {};
  }
  [[nodiscard]] std::vector<NodeRecord> nodes() {
    return store.connect(Access::read_only)->nodes().list();
  }
  [[nodiscard]] NodeRecord node(const std::string& name) {
    for (const NodeRecord& record : nodes()) {
      if (record.name == name) {
        return record;
      }
    }
    return {};
  }
};

/// A keeper that is stepped by hand, on a fixture's store.
struct Kept {
  KeeperFixture& world;
  Record log;
  std::shared_ptr<KeeperObserver> observer = std::make_shared<KeeperObserver>();
  Reporter reporter{observer, [this](LogLevel level, std::string_view text) {
                      if (level >= LogLevel::warning) {
                        log.add(std::string(text));
                      }
                    }};
  Registry registry;
  Notifier notifier{reporter};
  Dispatcher dispatcher{registry, notifier, reporter};
  Position position;
  OwnEntries own{"host/app"};
  Keeper::Settings settings;
  Keeper keeper;
  LocalWakeup& bell = keeper.bell();

  Kept(KeeperFixture& fixture, const std::string& name, Keeper::Settings changed = defaults())
      : world(fixture),
        settings(named(std::move(changed), name)),
        keeper(fixture.store, reporter, position, dispatcher, own, settings) {}

  static Keeper::Settings defaults() {
    Keeper::Settings settings;
    settings.lease_duration = 15s;
    settings.stalled_after = 30s;
    settings.pruning = {48h, 168h, 60s, 5s, 1h};
    return settings;
  }
  static Keeper::Settings named(Keeper::Settings settings, const std::string& name) {
    settings.node.name = name;
    settings.node.incarnation = Guid::random();
    settings.node.host = "host-" + name;
    settings.node.pid = 17;
    return settings;
  }

  bool step() { return keeper.step(world.now).well; }
  [[nodiscard]] Role role() const { return keeper.role(world.now); }
  Lines told() { return observer->record.take(); }
};

}  // namespace crier::test
