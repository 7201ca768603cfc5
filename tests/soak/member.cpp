// SPDX-License-Identifier: MIT
#include "soak/member.hpp"

#include <crier/codec.hpp>
#include <crier/error.hpp>
#include <crier/refresher.hpp>

#include "soak/table.hpp"

#include <array>
#include <chrono>
#include <iostream>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace crier::soak {

namespace {

using namespace std::chrono_literals;

constexpr auto kOwnAuditPatience = 60s;
constexpr auto kStartPatience = 30s;

// Loses one payload: the soak must find that out. Not the first ones, which the filling of the
// caches makes good where a node is slow to start.
class Sabotage {
 public:
  explicit Sabotage(bool armed) : armed_(armed) {}

  [[nodiscard]] bool lose(std::string_view payload) {
    const std::lock_guard lock(mutex_);
    if (armed_ && ++shown_ == kLost) {
      lost_ = payload;
    }
    return armed_ && payload == lost_;
  }

 private:
  static constexpr int kLost = 21;

  const bool armed_;
  std::mutex mutex_;
  int shown_ = 0;  // guarded by mutex_, as is the next
  std::string lost_;
};

class PartRefresher final : public JsonCacheRefresher {
 public:
  PartRefresher(std::size_t part, const std::string& store, Cache& cache, Mischief& mischief,
                std::shared_ptr<Sabotage> sabotage, const Facts& facts)
      : part_(part),
        cache_(cache),
        mischief_(mischief),
        sabotage_(std::move(sabotage)),
        facts_(facts),
        table_(store) {}

  [[nodiscard]] Guid id() const override { return kParts.at(part_); }
  [[nodiscard]] std::string_view name() const override {
    constexpr std::array<std::string_view, kParts.size()> kNames{"well", "throwing", "hanging"};
    return kNames.at(part_);
  }
  void refresh_all() override {
    mischief_.before_call(part_);
    load();
  }
  void refresh(std::int64_t key) override {
    mischief_.before_call(part_);
    const std::lock_guard lock(mutex_);
    cache_.store(part_, static_cast<std::size_t>(key), table_.version(part_, key));
  }
  void refresh(const Guid&) override { refresh_all(); }
  // The key may be there again.
  void remove(std::int64_t key) override { refresh(key); }
  void refresh_by_json(std::string_view payload) override {
    if (!sabotage_->lose(payload)) {
      refresh(key_of(payload));
    }
  }

  void load() {
    const std::lock_guard lock(mutex_);
    const Snapshot snapshot = table_.all(part_);
    for (std::size_t key = 0; key < kKeys; ++key) {
      cache_.store(part_, key, snapshot.versions.at(key));
    }
    facts_.say("loaded " + id().to_string() + ' ' + snapshot.last_entry.to_string() + ' ' +
               std::to_string(snapshot.newest_version));
  }

 private:
  const std::size_t part_;
  Cache& cache_;
  Mischief& mischief_;
  const std::shared_ptr<Sabotage> sabotage_;
  const Facts& facts_;
  // From the read to the store: what was read last is stored last.
  std::mutex mutex_;
  Table table_;  // guarded by mutex_
};

class Teller final : public Observer {
 public:
  Teller(const Facts& facts, std::shared_ptr<Sabotage> sabotage)
      : facts_(facts), sabotage_(std::move(sabotage)) {}

  void on_applied(const Instruction& instruction, const Source& source) override {
    if (instruction.payload.empty() || !sabotage_->lose(instruction.payload)) {
      facts_.say("applied " + source.entry.to_string() + ' ' + encode({&instruction, 1}));
    }
  }
  void on_failure(const Failure&) override { facts_.say("told quarantined"); }
  void on_retry(const Failure&) override { facts_.say("told retried"); }
  void on_refresher_changed(const RefresherTrouble& trouble) override {
    if (trouble.state == RefresherState::stale || trouble.state == RefresherState::stuck) {
      facts_.say("told refresher " + std::string(to_string(trouble.state)));
    }
  }
  void on_resync(const Resync& resync) override {
    facts_.say("told resync " + std::string(to_string(resync.reason)));
  }
  void on_poller_replaced(const std::string&) override { facts_.say("told poller replaced"); }

 private:
  const Facts& facts_;
  const std::shared_ptr<Sabotage> sabotage_;
};

// Short times: what happens to a cluster in days happens to this one in minutes.
Options options_of(const Words& words, const std::string& store) {
  Options options;
  options.store = store + (store.find('?') == std::string::npos ? '?' : '&') + "deadline=2s";
  options.node_name = words.text("name");
  options.application = "soak";
  if (words.has("durable")) {
    options.keep_position = KeepPosition::in_database;
  }
  options.poll_interval = 50ms;
  options.max_processing_instructions = words.number("backlog", 1000);
  options.retry.first_delay = 5ms;
  options.retry.longest_delay = 2s;
  options.refresher_deadline = 300ms;
  options.stop_deadline = 3s;
  options.heartbeat_interval = 500ms;
  options.lease_duration = 2s;
  options.stalled_after = 5s;
  options.canary_interval = 5s;
  options.retention = 15s;
  options.retention_hard_cap = 60s;
  options.prune_interval = 1s;
  options.log = [](LogLevel level, std::string_view line) {
    if (level >= LogLevel::warning) {
      std::cerr << std::string(line) + '\n';
    }
  };
  return options;
}

}  // namespace

Member::Member(const Words& words, const Facts& facts)
    : store_(words.text("store")),
      facts_(facts),
      cached_(words.text("dir") + '/' + words.text("name") + ".cache", words.has("durable")),
      mischief_(words.number("seed", std::uint64_t{1})) {
  if (words.has("no-faults")) {
    mischief_.calm();
  }
  const auto sabotage = std::make_shared<Sabotage>(words.text("sabotage") == "lose");
  Registry refreshers;
  std::vector<std::shared_ptr<PartRefresher>> all;
  for (std::size_t part = 0; part < kParts.size(); ++part) {
    all.push_back(
        std::make_shared<PartRefresher>(part, store_, cached_, mischief_, sabotage, facts));
    refreshers.add(all.back());
  }
  Options options = options_of(words, store_);
  options.observer = std::make_shared<Teller>(facts, sabotage);
  if (!words.has("durable")) {
    options.fill_caches = [all] {
      for (const auto& refresher : all) {
        refresher->load();
      }
    };
  }
  node_ = std::make_unique<Node>(std::move(options), std::move(refreshers));
}

void Member::start() {
  const auto end = std::chrono::steady_clock::now() + kStartPatience;
  for (;;) {
    try {
      node_->start();
      facts_.say("started " + node_->originated());
      return;
    } catch (const Error& error) {
      if (!error.retryable() || std::chrono::steady_clock::now() > end) {
        throw;
      }
    } catch (const std::runtime_error&) {  // of what fills the caches
      if (std::chrono::steady_clock::now() > end) {
        throw;
      }
    }
    facts_.say("told start refused");
    std::this_thread::sleep_for(20ms);  // one that can't be reached refuses at once
  }
}

void Member::report() {
  if (const EntryId position = node_->position(); position != reported_) {
    reported_ = position;
    facts_.say("at " + position.to_string());
  }
}

void Member::audit(EntryId through) {
  static_cast<void>(node_->wait_applied(through, kOwnAuditPatience));
  report();
  Table table(store_);
  std::size_t cached = 0;
  std::size_t stale = 0;
  std::ostringstream which;
  for (std::size_t part = 0; part < kParts.size(); ++part) {
    const Versions versions = table.all(part).versions;
    for (std::size_t key = 0; key < kKeys; ++key) {
      ++cached;
      if (const std::int64_t version = cached_.version(part, key); version != versions[key]) {
        ++stale;
        which << " part " << part << " key " << key << " is " << version << " not " << versions[key]
              << ';';
      }
    }
  }
  facts_.say("audit " + std::to_string(cached) + ' ' + std::to_string(stale) + which.str());
}

}  // namespace crier::soak
