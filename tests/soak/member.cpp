// SPDX-License-Identifier: MIT
#include "soak/member.hpp"

#include <crier/error.hpp>
#include <crier/refresher.hpp>

#include "soak/table.hpp"

#include <algorithm>
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

constexpr auto kOwnAuditPatience = 50s;
constexpr auto kNoticePatience = 10s;
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
                std::shared_ptr<Sabotage> sabotage, std::string node, history::Recorder& recorder)
      : part_(part),
        cache_(cache),
        mischief_(mischief),
        sabotage_(std::move(sabotage)),
        node_(std::move(node)),
        recorder_(recorder),
        table_(store) {}

  [[nodiscard]] Guid id() const override { return kParts.at(part_); }
  [[nodiscard]] std::string_view name() const override { return kPartNames.at(part_); }
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
    // All that the log told of by then.
    recorder_.put({.kind = history::Kind::applied,
                   .node = node_,
                   .entry = snapshot.last_entry.value,
                   .keys = {std::string(name()) + "/*"}});
  }

 private:
  const std::size_t part_;
  Cache& cache_;
  Mischief& mischief_;
  const std::shared_ptr<Sabotage> sabotage_;
  const std::string node_;
  history::Recorder& recorder_;
  // From the read to the store: what was read last is stored last.
  std::mutex mutex_;
  Table table_;  // guarded by mutex_
};

class Teller final : public Observer {
 public:
  Teller(const Facts& facts, history::Recorder& recorder, std::string node,
         std::shared_ptr<Sabotage> sabotage)
      : facts_(facts),
        recorder_(recorder),
        node_(std::move(node)),
        sabotage_(std::move(sabotage)) {}

  void on_applied(const Instruction& instruction, const Source& source) override {
    const bool is_lost = !instruction.payload.empty() && sabotage_->lose(instruction.payload);
    const bool is_canary =
        part_of(instruction.refresher) == kParts.size() && instruction.refresher != kItems;
    if (source.entry.value != 0 && !is_lost && !is_canary) {  // 0: it was published here
      recorder_.put({.kind = history::Kind::applied,
                     .node = node_,
                     .entry = source.entry.value,
                     .keys = keys_of(instruction)});
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
    if (resync.reason != ResyncReason::backlog) {
      recorder_.put({.kind = history::Kind::resync, .node = node_, .entry = resync.entry.value});
    }
  }
  void on_poller_replaced(const std::string&) override { facts_.say("told poller replaced"); }

 private:
  const Facts& facts_;
  history::Recorder& recorder_;
  const std::string node_;
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

Member::Member(const Words& words, const Facts& facts, history::Recorder& recorder)
    : store_(words.text("store")),
      name_(words.text("name")),
      facts_(facts),
      recorder_(recorder),
      cached_(words.text("dir") + '/' + words.text("name") + ".cache", words.has("durable")),
      mischief_(words.number("seed", std::uint64_t{1})) {
  if (words.has("no-faults")) {
    mischief_.calm();
  }
  const auto sabotage = std::make_shared<Sabotage>(words.text("sabotage") == "lose");
  Registry refreshers;
  std::vector<std::shared_ptr<PartRefresher>> all;
  for (std::size_t part = 0; part < kParts.size(); ++part) {
    all.push_back(std::make_shared<PartRefresher>(part, store_, cached_, mischief_, sabotage, name_,
                                                  recorder_));
    refreshers.add(all.back());
  }
  items_ = std::make_unique<Items>(refreshers, store_, name_, recorder_,
                                   words.number("seed", std::uint64_t{1}),
                                   words.text("sabotage") == "outdate");
  Options options = options_of(words, store_);
  options.observer = std::make_shared<Teller>(facts, recorder_, name_, sabotage);
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
  recorder_.put({.kind = history::Kind::start, .node = name_});
  for (;;) {
    try {
      node_->start();
      facts_.say("started " + node_->originated());
      items_->begin_to_read();
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
  recorder_.put_as_of_now([this] {
    return history::Event{
        .kind = history::Kind::at, .node = name_, .entry = node_->position().value};
  });
}

void Member::wait(EntryId entry, bool everywhere) {
  history::Event told{
      .kind = history::Kind::waited, .node = name_, .began = history::now(), .entry = entry.value};
  if (everywhere) {
    try {
      const auto waited = node_->wait_everywhere(entry, 300ms);
      for (const NodeRecord& node : waited.reached) {
        told.node += node.name == name_ ? "" : ',' + node.name;
      }
      told.yes = std::ranges::any_of(waited.reached,
                                     [this](const NodeRecord& node) { return node.name == name_; });
    } catch (const Error&) {
      return;  // the database can't be reached
    }
  } else {
    told.yes = static_cast<bool>(node_->wait_applied(entry, 300ms));
  }
  recorder_.put(std::move(told));
}

void Member::audit(EntryId through) {
  if (!node_->wait_applied(through, kOwnAuditPatience)) {
    return;
  }
  // It may stand that far in a log that was replaced, and notice only now.
  const auto end = std::chrono::steady_clock::now() + kNoticePatience;
  std::string stale = find_stale();
  while (!stale.empty() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(100ms);
    stale = find_stale();
  }
  report();
  facts_.say("audit" + stale);
}

std::string Member::find_stale() const {
  Table table(store_);
  std::ostringstream which;
  for (std::size_t part = 0; part < kParts.size(); ++part) {
    const Versions versions = table.all(part).versions;
    for (std::size_t key = 0; key < kKeys; ++key) {
      if (const std::int64_t version = cached_.version(part, key); version != versions[key]) {
        which << ' ' << key_name(part, static_cast<std::int64_t>(key)) << " is " << version
              << ", not " << versions[key] << ';';
      }
    }
  }
  return which.str();
}

}  // namespace crier::soak
