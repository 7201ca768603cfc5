// SPDX-License-Identifier: MIT
#include "soak/checker.hpp"

#include <algorithm>
#include <sstream>

namespace crier::soak {

namespace {

// The rest of the line: JSON and names hold blanks.
std::string rest_of(std::istringstream& words) {
  std::string rest;
  std::getline(words >> std::ws, rest);
  return rest;
}

}  // namespace

std::string_view to_string(Violation violation) noexcept {
  switch (violation) {
    case Violation::lost:
      return "lost";
    case Violation::not_in_the_log:
      return "acknowledged but not in the log";
    case Violation::uncommitted:
      return "applied but not committed";
    case Violation::rolled_back:
      return "rolled back but in the log";
    case Violation::altered:
      return "not what the log has";
    case Violation::out_of_order:
      return "out of order";
    case Violation::hole:
      return "hole in the log";
    case Violation::stale:
      return "stale";
  }
  return "unknown";
}

std::uint64_t Ledger::count(Violation violation) const {
  const auto found = violations.find(violation);
  return found == violations.end() ? 0 : found->second;
}

std::uint64_t Ledger::lost() const {
  return count(Violation::lost) + count(Violation::not_in_the_log);
}

void Checker::find(Violation violation, const std::string& process, const std::string& what) {
  constexpr std::size_t kShown = 20;
  ++ledger_.violations[violation];
  if (findings_.size() < kShown) {
    findings_.push_back({violation, process + ' ' + what});
  }
}

void Checker::row(const Entry& entry) {
  if (newest_.value != 0 && entry.id.value != newest_.value + 1) {
    find(Violation::hole, "the log",
         "goes on with " + entry.id.to_string() + " after " + newest_.to_string());
    rows_.clear();
    by_json_.clear();
  }
  newest_ = entry.id;
  ++ledger_.entries;
  Row row{entry.originated, entry.json_instruction, {}, {}};
  for (Instruction& instruction : decode(entry.json_instruction).instructions) {
    row.texts.push_back(encode({&instruction, 1}));
    row.instructions.push_back(std::move(instruction));
  }
  by_json_[row.json] = entry.id;
  if (rolled_back_.contains(row.json)) {
    find(Violation::rolled_back, "entry " + entry.id.to_string(), row.json);
  }
  rows_.push_back(std::move(row));
  forget();
}

void Checker::forget() {
  EntryId needed{newest_.value - kHeld};
  for (const auto& [name, process] : processes_) {
    if (!process.originated.empty() || process.durable) {
      needed = std::min(needed, process.passed);
    }
  }
  while (newest_.value - static_cast<std::int64_t>(rows_.size()) < needed.value) {
    const auto found = by_json_.find(rows_.front().json);
    if (found != by_json_.end() && found->second <= needed) {
      by_json_.erase(found);
    }
    rows_.pop_front();
  }
}

const Checker::Row* Checker::look(EntryId entry) const {
  const std::int64_t index =
      entry.value - newest_.value + static_cast<std::int64_t>(rows_.size()) - 1;
  return index >= 0 && entry <= newest_ ? &rows_[static_cast<std::size_t>(index)] : nullptr;
}

void Checker::began(const std::string& name, bool durable) {
  Process next;
  next.durable = durable;
  // Only a durable one is still there.
  if (const auto found = processes_.find(name); found != processes_.end()) {
    next.loaded = std::move(found->second.loaded);
    next.applied = std::move(found->second.applied);
    next.passed = found->second.passed;
  }
  processes_[name] = std::move(next);
}

void Checker::ended(const std::string& name) {
  if (!processes_.at(name).durable) {
    processes_.erase(name);
  }
}

EntryId Checker::position(const std::string& name) const {
  const auto found = processes_.find(name);
  return found == processes_.end() ? EntryId{} : found->second.passed;
}

void Checker::said(const std::string& name, std::string_view line) {
  std::istringstream words{std::string(line)};
  std::string verb;
  words >> verb;
  Process& process = processes_.at(name);
  if (verb == "started") {
    process.originated = rest_of(words);
  } else if (verb == "loaded") {
    std::string guid;
    EntryId through;
    std::int64_t version = 0;
    words >> guid >> through.value >> version;
    const Guid refresher = Guid::parse(guid).value();
    EntryId& loaded = process.loaded[refresher];
    loaded = std::max(loaded, through);
    std::int64_t& data = process.data_loaded[refresher];
    data = std::max(data, version);
  } else if (verb == "applied") {
    EntryId entry;
    words >> entry.value;
    applied(name, entry, rest_of(words));
  } else if (verb == "changed") {
    words >> process.changed.emplace();
  } else if (verb == "at") {
    EntryId position;
    words >> position.value;
    passed(name, position);
  } else if (verb == "ack") {
    EntryId entry;
    std::string kind;
    words >> entry.value >> kind;
    acknowledged(name, entry, kind, rest_of(words));
  } else if (verb == "rolled_back") {
    constexpr std::size_t kKept = 1000;
    const auto [at, added] = rolled_back_.insert(rest_of(words));
    if (const auto found = by_json_.find(*at); found != by_json_.end()) {
      find(Violation::rolled_back, name, "entry " + found->second.to_string() + ": " + *at);
    }
    if (rolled_back_.size() > kKept) {
      rolled_back_.erase(at == rolled_back_.begin() ? std::prev(rolled_back_.end())
                                                    : rolled_back_.begin());
    }
  } else if (verb == "audit") {
    std::uint64_t cached = 0;
    std::uint64_t stale = 0;
    words >> cached >> stale;
    if (stale != 0) {
      find(Violation::stale, name,
           std::to_string(stale) + " of " + std::to_string(cached) + ": " + rest_of(words));
    }
  } else if (verb == "told") {
    ++ledger_.nodes[name].told[rest_of(words)];
  }
}

}  // namespace crier::soak
