// SPDX-License-Identifier: MIT
// Items, which change in transactions of their own or with an entry, and which nodes read through a
// region. What reads give is for the checker of histories to judge.
#include <crier/codec.hpp>
#include <crier/error.hpp>

#include "simulation/history.hpp"

#include <optional>
#include <utility>

namespace crier::test {

using history::Event;
using history::Kind;

namespace {

std::string key_of(std::size_t key) { return "items/" + std::to_string(key); }

std::vector<std::string> keys_of(std::size_t key) {
  return key < kItemKeys ? std::vector{key_of(key), page_name(key)} : std::vector{page_name(key)};
}

// The node, unless it runs later what it has published.
std::string who_has_run_it(const SimNode& node) {
  return node.has_work_due() ? "-" : node.process();
}

std::string id_of(std::int64_t version) { return std::to_string(version); }

}  // namespace

void History::tell(Event event) {
  event.time = ++ticks_;
  checker_.take(event);
  for (const history::Finding& found : checker_.findings()) {
    // What the log has yet to tell of, one page may show and the next one not: that came from the
    // half that nodes share, and is as old as the log says.
    if (found.violation != history::Violation::went_back ||
        found.what.find(" pages/") == std::string::npos) {
      watch_.violated(std::string(to_string(found.violation)) + ": " + found.what);
    }
  }
}

void History::begin_items() {
  for (std::size_t key = 0; key < kPageKeys; ++key) {
    change_item(key, {});
  }
}

// The change is told of before it can be seen.
std::int64_t History::change_item(std::size_t key, EntryId after) {
  const std::int64_t version = ++changes_;
  tell({.kind = Kind::publish,
        .node = current_ == nullptr ? "-" : current_->process(),
        .id = id_of(version),
        .entry = after.value + 1,
        .first = version,
        .last = version,
        .keys = keys_of(key)});
  items_[key] = version;
  item_changes_.push_back({version, key, after});
  trace("item ", key, " is ", version, " now");
  return version;
}

void History::publish_item(SimNode& node) {
  const std::size_t key = random_.below(kPageKeys);
  const bool rides = random_.once_in(2);
  trace(node.name(), " changes item ", key, rides ? ", with an entry" : "");
  step(node, [&] {
    node.appending = true;
    try {
      rides ? publish_riding(node, key) : publish_plainly(node, key);
    } catch (const Error& error) {
      trace(node.name(), " fails to publish");
    }
    node.appending = false;
  });
}

// Commits, then publishes: if it dies between the two, nobody was told.
void History::publish_plainly(SimNode& node, std::size_t key) {
  SimNode* const current = std::exchange(current_, nullptr);
  const EntryId after = newest();
  current_ = current;
  const std::int64_t version = change_item(key, after);
  if (random_.once_in(10)) {
    interlude("a publish");
  }
  Publication publication;
  publication.instructions = changed(key);
  publication.local.resize(publication.instructions.size());
  acknowledge(node, version, node.messenger().publish(publication));
}

// Commits both at once, then says so.
void History::publish_riding(SimNode& node, std::size_t key) {
  TransactionBatch batch = node.changes().batch_in(static_cast<pg_conn*>(nullptr));
  const std::int64_t version = changes_ + 1;
  change_page(key, version, node, batch);
  commit_item(key, *batch.write());
  hold_up("a commit", 5);
  stop_the_dead("committed");
  if (const auto told = batch.committed()) {
    acknowledge(node, version, *told);
  }
}

void History::write_item() {
  trace("somebody changes an item");
  const std::size_t key = random_.below(kPageKeys);
  commit_item(key, store_.write("foreign", encode(changed(key))));
}

void History::acknowledge(const SimNode& node, std::int64_t version, EntryId entry) {
  tell({.kind = Kind::acknowledged,
        .node = who_has_run_it(node),
        .id = id_of(version),
        .entry = entry.value});
}

// With the entry that was written in the same transaction.
std::int64_t History::commit_item(std::size_t key, EntryId entry) {
  const std::int64_t version = change_item(key, {entry.value - 1});
  tell({.kind = Kind::committed, .id = id_of(version)});
  return version;
}

void History::read_item(SimNode& node, std::size_t key) {
  step(node, [&] {
    const std::int64_t began = ++ticks_;
    try {
      const auto value =
          node.region().get(static_cast<std::int64_t>(key), [&] { return load_item(node, key); });
      trace(node.name(), " reads ", *value, " of item ", key);
      tell({.kind = Kind::read,
            .node = node.process(),
            .began = began,
            .keys = {key_of(key)},
            .version = *value});
    } catch (const Error&) {  // it died, or loads that key already
      trace(node.name(), " fails to read item ", key);
    }
  });
}

// What is read from the database may be old by the time it is there.
std::int64_t History::load_item(SimNode& node, std::size_t key) {
  const std::int64_t version = items_[key];
  if (random_.once_in(4)) {
    trace(node.name(), " has read ", version, " of item ", key, " from the database");
    interlude("a load");
  }
  stop_the_dead("load");
  return version;
}

// If the database does not tell that it was restored, what a node has loaded and not read in the
// log is the application's to take back.
void History::restore_items(EntryId first) {
  const std::int64_t began = ++ticks_;
  std::int64_t gone = 0;  // the first; 0: none
  while (!item_changes_.empty() && item_changes_.back().after >= first) {
    gone = item_changes_.back().version;
    item_changes_.pop_back();
  }
  for (const ItemChange& change : item_changes_) {
    items_[change.key] = change.version;
  }
  ++restores_;
  tell({.kind = Kind::restore,
        .began = began,
        .entry = first.value - 1,
        .first = gone,
        .last = gone == 0 ? 0 : changes_});
  for (const auto& node : slots_) {
    if (node != nullptr && !store_.tells_lineage && node->position() < first) {
      node->forget();
      if (node->steps != 0 || node->has_work_due() || node->has_read_on()) {
        continue;  // it may be about to apply what is gone, or stand further than it says
      }
      tell({.kind = Kind::resync, .node = node->process(), .entry = node->position().value});
    }
  }
}

// The data stays.
void History::remake_items() {
  const std::int64_t began = ++ticks_;
  for (ItemChange& change : item_changes_) {
    change.after = {};
  }
  ++restores_;
  ++databases_;
  tell({.kind = Kind::restore, .began = began, .entry = 0, .first = 0, .last = 0});
}

void History::applied(const SimNode& node, const Instruction& instruction, EntryId entry) {
  if (node.stands() && entry.value != 0 && !hangs_) {
    watch_.violated(node.name() + " has applied entry " + entry.to_string() + " while it stands");
  }
  // What a poller that hung says may be of a log that was replaced.
  if (entry.value != 0 && node.restores == restores_) {
    tell({.kind = Kind::applied,
          .node = node.process(),
          .entry = entry.value,
          .keys = instruction.refresher == kPages ? pages_in(instruction)
                  : instruction.type == RefreshType::refresh_by_id
                      ? std::vector{key_of(static_cast<std::size_t>(instruction.id))}
                      : std::vector<std::string>{"items/*"}});
  }
}

// Of the log that is there now, unless that came while it refreshed.
void History::resynced(const SimNode& node, const Resync& resync) {
  if (node.restores == restores_) {
    tell({.kind = Kind::resync, .node = node.process(), .entry = resync.entry.value});
  }
}

void History::tell_position(const SimNode& node) {
  if (node.position().value != 0) {
    tell({.kind = Kind::at, .node = node.process(), .entry = node.position().value});
  }
}

}  // namespace crier::test
