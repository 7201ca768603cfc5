// SPDX-License-Identifier: MIT
#pragma once

#include <crier/observer.hpp>
#include <crier/registry.hpp>

#include "base/reporter.hpp"
#include "refresh/dispatcher.hpp"
#include "refresh/notifier.hpp"
#include "support/recording.hpp"

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace crier::test {

/// Writes down how refreshers fare, one line for each event.
class RecordingTroubles final : public Observer {
 public:
  Record record;

  void on_failure(const Failure& failure) override { add("failed", failure); }
  void on_retry(const Failure& failure) override { add("retry", failure); }
  void on_refresher_changed(const RefresherTrouble& trouble) override {
    record.add(trouble.name + " is " + std::string(to_string(trouble.state)));
  }

 private:
  void add(const std::string& what, const Failure& failure) {
    record.add(what + " " + failure.source.entry.to_string() + " " + std::string(failure.name) +
               " " + std::string(to_string(failure.kind)) + " #" +
               std::to_string(failure.attempts) + ": " + std::string(failure.what));
  }
};

/// A dispatcher with two refreshers, on a clock that stands still.
struct DispatcherFixture {
  Record record;
  std::shared_ptr<RecordingTroubles> observer = std::make_shared<RecordingTroubles>();
  Record log;
  std::shared_ptr<RecordingRefresher> products =
      std::make_shared<RecordingRefresher>(kProducts, "products", record);
  Registry registry;
  Reporter reporter{observer,
                    [this](LogLevel, std::string_view text) { log.add(std::string(text)); }};
  Notifier notifier{reporter};
  Dispatcher::Time now = std::chrono::steady_clock::now();
  Dispatcher dispatcher{
      registry, notifier, reporter, {.retry = {}, .clock = [this] { return now; }}};
  const Source source{{7}, "other"};
  const CallContext caller{1, {{6}, {}}};

  DispatcherFixture() {
    registry.add(products);
    registry.add(std::make_shared<PlainRefresher>());
  }

  void apply(const Instruction& instruction, std::int64_t entry = 7) {
    dispatcher.apply(instruction, 0, {{entry}, "other"}, {1, {{entry - 1}, {}}});
  }
  /// What runs then.
  Lines run_after(std::chrono::milliseconds pause) {
    now += pause;
    dispatcher.run_due(caller.poller);
    return record.take();
  }
  void products_fail(const std::string& why = "no row") const {
    products->before = [why](const std::string&) { throw std::runtime_error(why); };
  }
  std::vector<FailureRecord> quarantined() {
    std::vector<FailureRecord> taken;
    dispatcher.quarantine().flush([&](const auto& records) { taken = records; });
    return taken;
  }
  [[nodiscard]] std::int64_t position_limit() const {
    return dispatcher.position_limit() ? dispatcher.position_limit()->id.value : -1;
  }
};

}  // namespace crier::test
