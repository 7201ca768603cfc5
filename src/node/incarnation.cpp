// SPDX-License-Identifier: MIT
#include "node/incarnation.hpp"

#include <crier/codec.hpp>
#include <crier/error.hpp>
#include <crier/identity.hpp>

#include "base/reporter.hpp"
#include "messenger/database_messenger.hpp"
#include "messenger/local_messenger.hpp"

namespace crier {

namespace {

void check_schema(Store& store, bool migrate) {
  const auto connection = store.connect(migrate ? Access::create : Access::read_only);
  if (migrate) {
    connection->schema().migrate();
  }
  const SchemaStatus status = connection->schema().status();
  if (status.state != SchemaState::current) {
    throw Error("start", status.advice);
  }
}

}  // namespace

Incarnation::Incarnation(const Options& options, Dispatcher& dispatcher, Reporter& reporter)
    : reporter_(reporter),
      originated_(Identity::of_this_process(options.application).originated()) {
  const EntryLimits limits{options.max_instructions_per_entry, options.max_entry_bytes,
                           options.max_instruction_bytes};
  if (options.store.empty()) {
    messenger_ = std::make_unique<LocalMessenger>(dispatcher, originated_, limits);
    return;
  }
  store_ = open_store(options.store);
  check_schema(*store_, options.migrate_on_start);
  messenger_ =
      std::make_unique<DatabaseMessenger>(*store_, dispatcher, reporter, originated_, limits);
  poller_ =
      std::make_unique<Poller>(*store_, dispatcher, reporter,
                               Poller::Settings{originated_, options.max_processing_instructions});
}

void Incarnation::run(const Options& options) {
  // The place in the log comes before the caches are filled: what is published meanwhile is read
  // after it, so nothing falls between.
  if (poller_ != nullptr) {
    poller_->start(options.cold_start);
  }
  if (options.fill_caches) {
    options.fill_caches();
  }
  if (poller_ != nullptr) {
    worker_ = std::make_unique<Worker>(Pace{.period = options.poll_interval}, store_->wakeup(),
                                       [this](const std::stop_token& stop) {
                                         const bool well = poller_->step(stop);
                                         reporter_.wakeup_trouble(store_->wakeup().trouble());
                                         return well;
                                       });
  }
}

void Incarnation::stop() noexcept {
  if (worker_ != nullptr) {
    worker_->stop();
  }
}

EntryId Incarnation::position() const {
  return poller_ == nullptr ? EntryId() : poller_->position();
}

}  // namespace crier
