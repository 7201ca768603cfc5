// SPDX-License-Identifier: MIT
#pragma once

#include <crier/codec.hpp>
#include <crier/registry.hpp>

#include "base/own_entries.hpp"
#include "base/position.hpp"
#include "base/reporter.hpp"
#include "poller/poller.hpp"
#include "refresh/dispatcher.hpp"
#include "refresh/notifier.hpp"
#include "support/memory_store.hpp"
#include "support/recording.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace crier::test {

inline std::string row(const std::vector<Instruction>& instructions) {
  return encode(instructions);
}

inline std::string refresh(std::int64_t id) {
  return row({Instruction::refresh_by_ids(kProducts, {id})});
}

/// A poller by hand over a log in memory, with two refreshers.
struct PollerFixture {
  Record record;
  std::shared_ptr<RecordingObserver> observer = std::make_shared<RecordingObserver>();
  std::shared_ptr<RecordingRefresher> products =
      std::make_shared<RecordingRefresher>(kProducts, "products", record);
  std::shared_ptr<RecordingRefresher> orders =
      std::make_shared<RecordingRefresher>(kOrders, "orders", record);
  Registry registry;
  Reporter reporter{observer, [](LogLevel, std::string_view) {}};
  Notifier notifier{reporter};
  Dispatcher::Time now = std::chrono::steady_clock::now();
  Dispatcher dispatcher{
      registry, notifier, reporter, {.retry = {}, .clock = [this] { return now; }}};
  MemoryStore store;
  Position position;
  OwnEntries own{"me"};
  FencedProgress progress;
  int published = 0;  // how often the poller had the position published
  Poller poller{store,
                dispatcher,
                reporter,
                position,
                own,
                progress,
                // However slow the machine is, entries alone are no reason to look who waits.
                {10, [this] { ++published; }, std::chrono::hours(1)}};

  PollerFixture() {
    registry.add(products);
    registry.add(orders);
  }

  /// Appends as this node's messenger does.
  EntryId publish(const std::string& json) {
    const NewEntry entry{own.originated(), 1, json};
    OwnEntries::Append append(own, {&entry, 1});
    const EntryId id = store.write(entry.originated, json);
    append.ended(id);
    return id;
  }

  /// A poll after `pause`, so that what is due by then is tried again.
  Lines poll_after(std::chrono::milliseconds pause) {
    now += pause;
    return poll();
  }

  Lines poll() {
    poller.poll_once();
    return record.take();
  }
};

}  // namespace crier::test
