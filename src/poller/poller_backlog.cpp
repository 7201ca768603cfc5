// SPDX-License-Identifier: MIT
// What a poller does if too much has come to be handed on piece by piece.
#include <crier/error.hpp>

#include "base/own_entries.hpp"
#include "base/position.hpp"
#include "base/reporter.hpp"
#include "poller/continuity.hpp"
#include "poller/poller.hpp"
#include "poller/resync_requests.hpp"
#include "refresh/dispatcher.hpp"

#include <algorithm>
#include <cstdint>

namespace crier {

namespace {

// Rows may name anyone: so many are remembered.
constexpr std::size_t kMostNamed = 10'000;
// What can't be read is told of so many entries.
constexpr std::size_t kMostTold = 100;

}  // namespace

bool Poller::skip_if_behind(const std::stop_token& stop) {
  const auto limit = static_cast<std::int64_t>(settings_.max_processing_instructions);
  const EntryId after = reading_.cursor.id;
  if (log().backlog(after, limit, own_.originated()) <= limit) {
    return false;
  }
  const std::string detail = "more than " + std::to_string(limit) +
                             " instructions were waiting after entry " + after.to_string();
  const std::optional<Backlog> backlog = read_backlog(stop);
  if (!backlog) {
    return true;
  }
  if (!backlog->trouble.empty()) {
    connection_.reset();  // it may be what was in the way
    begin_resync(ResyncReason::backlog, detail + ", and " + backlog->trouble);
    tell_unreadable(*backlog);
    run_due(stop);
    return true;
  }
  const std::string originated = own_.originated();
  for (const Guid& refresher : backlog->named) {
    dispatcher_.refresh(refresher, {backlog->end.id, originated, backlog->chain}, reading_.cursor);
  }
  reading_.cursor = backlog->end;
  reading_.next = {};
  reading_.begun = 0;
  reading_.tries = 0;
  if (!keep()) {
    return true;
  }
  // Once it is kept: see begin_resync().
  tell_unreadable(*backlog);
  reporter_.missed({after, backlog->end.id}, ResyncReason::backlog);
  reporter_.log(LogLevel::warning,
                detail + ": in place of them, those that they name are fully refreshed: " +
                    std::to_string(backlog->named.size()) + " refreshers, up to entry " +
                    backlog->end.id.to_string());
  run_due(stop);
  return true;
}

std::optional<Poller::Backlog> Poller::read_backlog(const std::stop_token& stop) {
  const BacklogLimits& limits = settings_.backlog;
  const auto begun = now();
  Backlog backlog;
  backlog.end = reading_.cursor;
  std::size_t entries = 0;
  std::size_t bytes = 0;
  while (true) {
    for (const Entry& entry : page_.entries) {
      bytes += entry.json_instruction.size();
      if (++entries > limits.entries || bytes > limits.bytes || now() - begun > limits.time) {
        backlog.trouble = "to read whom they name would take more than the limits allow";
        return backlog;
      }
      add_named(entry, backlog);
      if (!backlog.trouble.empty()) {
        return backlog;
      }
      backlog.end = {entry.id, entry.fingerprint()};
    }
    if (stop.stop_requested() || !keep()) {
      return std::nullopt;
    }
    if (!page_.more) {
      return backlog;
    }
    try {
      const EntryId written = own_.newest();
      log().read_after(backlog.end.id, kPage, page_);
      // What is no longer the log that was read is for the next look to find out.
      const ReadProgress there{.cursor = backlog.end, .lineage = reading_.lineage};
      if (find_break({there, own_, written}, page_, log())) {
        return backlog;
      }
    } catch (const Error& error) {
      if (error.replaced()) {
        throw;
      }
      backlog.trouble =
          "the entry after " + backlog.end.id.to_string() + " can't be read: " + error.what();
      return backlog;
    }
  }
}

void Poller::add_named(const Entry& entry, Backlog& backlog) {
  const bool delivered = own_.contains(entry);
  if (!delivered || settings_.followers != nullptr) {
    decode_entry(entry);
  }
  tell_followers({entry.id, entry.fingerprint()}, delivered);
  if (delivered) {
    return;
  }
  for (const Instruction& instruction : decoded_.instructions) {
    if (instruction.refresher == kAuditRequest) {
      continue;  // nobody waits for an answer as late as that
    }
    if (instruction.refresher == kResyncRequest) {
      backlog.named.merge(refreshers_asked_by(resync_request_of(instruction), settings_.name,
                                              dispatcher_.registry()));
    } else {
      backlog.named.insert(instruction.refresher);
    }
  }
  if (decoded_.chain.size() > backlog.chain.size()) {
    backlog.chain = decoded_.chain;
  }
  if (backlog.named.erase(kCanary) != 0) {
    position_.saw_canary(entry.id);
  }
  if (!decoded_.problems.empty()) {
    AffectedRefreshers affected = affected_refreshers(decoded_.problems);
    backlog.named.insert(affected.refreshers.begin(), affected.refreshers.end());
    if (affected.anyone) {
      backlog.trouble = "entry " + entry.id.to_string() + " can't be read: " + affected.what;
    }
    if (backlog.unreadable.size() < kMostTold) {
      backlog.unreadable.emplace_back(entry.id, std::move(affected));
    }
  }
  if (backlog.named.size() > kMostNamed) {
    backlog.trouble = "they name more than " + std::to_string(kMostNamed) + " refreshers";
  }
}

void Poller::tell_unreadable(const Backlog& backlog) {
  for (const auto& [entry, affected] : backlog.unreadable) {
    dispatcher_.give_up(
        {FailureKind::unreadable, {entry, {}}, 0, affected.first, {}, affected.what},
        reading_.cursor, {});
  }
}

}  // namespace crier
