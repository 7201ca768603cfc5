// SPDX-License-Identifier: MIT
#pragma once

#include "unit/poller_fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace crier::test {

using namespace std::chrono_literals;

/// A poller that applies what rings have brought ahead of the log, which other nodes write.
struct AheadFixture : PollerFixture {
  int looks = 0;  // at the log
  Poller ahead{store, dispatcher, reporter, position, own, progress, settings()};
  std::unique_ptr<Connection> other = store.connect(Access::read_write);

  AheadFixture() {
    store.ring.is_on = true;
    store.write("other", refresh(1));
    ahead.start(ColdStart::start_at_newest);
    look();
    looks = 0;
    store.before = [this](std::string_view operation) { looks += operation == "read_after"; };
  }

  Poller::Settings settings() {
    Poller::Settings settings{10};
    settings.longest_ahead = 100ms;
    settings.longest_unasked = 1h;
    settings.clock = [this] { return now; };
    return settings;
  }
  /// As another node's messenger does; its entry is handed over.
  EntryId append(const std::string& json, const std::string& originated = "other") {
    const NewEntry entry{originated, 1, json};
    return other->log().append({&entry, 1});
  }
  /// One step.
  Lines step(std::chrono::milliseconds pause = 0ms) {
    now += pause;
    ahead.poll_once();
    return record.take();
  }
  /// So much later that it reads the log.
  Lines look() { return step(1s); }
};

}  // namespace crier::test
