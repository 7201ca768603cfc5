// SPDX-License-Identifier: MIT
#include "messenger/group_commit.hpp"

#include <crier/error.hpp>

#include "base/fingerprint.hpp"
#include "base/own_entries.hpp"

#include <algorithm>
#include <iterator>
#include <thread>
#include <utility>

namespace crier {

EntryId GroupCommit::append(std::vector<NewEntry> entries) {
  Request own{std::move(entries)};
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(&own);
    if (!std::exchange(at_work_, true)) {
      own.turn = Turn::works;
    }
  }
  // The round before the turn: one that ends in between ends the wait.
  for (auto round = rounds_.load(); own.turn == Turn::waits; round = rounds_) {
    rounds_.wait(round);
  }
  if (own.turn == Turn::works) {
    work(own);
  }
  if (own.error != nullptr) {
    std::rethrow_exception(own.error);
  }
  return own.last;
}

void GroupCommit::work(const Request& own) {
  std::unique_lock lock(mutex_);
  let_them_return(lock);
  const std::vector<Request*> group = std::exchange(waiting_, {});
  lock.unlock();
  commit(group);
  lock.lock();
  expected_ = waiting_.size() + group.size();
  at_work_ = !waiting_.empty();
  if (at_work_) {
    waiting_.front()->turn = Turn::works;
  }
  lock.unlock();
  // From here on each may be gone as soon as it is told.
  for (Request* request : group) {
    if (request != &own) {
      request->turn = Turn::done;
    }
  }
  ++rounds_;
  rounds_.notify_all();
}

void GroupCommit::let_them_return(std::unique_lock<std::mutex>& lock) {
  constexpr int kPatience = 16;
  int idle = 0;  // yields in a row in which nobody came
  while (waiting_.size() < expected_ && idle < kPatience) {
    const std::size_t before = waiting_.size();
    lock.unlock();
    std::this_thread::yield();
    lock.lock();
    idle = waiting_.size() > before ? 0 : idle + 1;
  }
}

void GroupCommit::disconnect() {
  const std::lock_guard lock(mutex_);
  if (!at_work_) {
    connection_.close();
  }
}

std::size_t GroupCommit::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

void GroupCommit::commit(std::span<Request* const> group) {
  if (group.size() > 1 && commit_together(group)) {
    return;
  }
  for (Request* request : group) {
    commit_alone(*request);
  }
}

bool GroupCommit::commit_together(std::span<Request* const> group) {
  try {
    std::vector<NewEntry> entries;
    for (const Request* request : group) {
      std::copy(request->entries.begin(), request->entries.end(), std::back_inserter(entries));
    }
    const std::vector<EntryId> ids = write(entries);
    std::size_t end = 0;
    for (Request* request : group) {
      end += request->entries.size();
      request->last = ids[end - 1];
    }
    return true;
  } catch (const Error& error) {
    if (!error.retryable()) {
      return false;  // one may be at fault, as by its size: the others must not suffer
    }
    for (Request* request : group) {
      request->error = std::make_exception_ptr(error);  // to each its own
    }
    return true;
  } catch (...) {
    return false;
  }
}

void GroupCommit::commit_alone(Request& request) {
  try {
    request.last = write(request.entries).back();
  } catch (...) {
    request.error = std::current_exception();
  }
}

std::vector<EntryId> GroupCommit::write(std::span<const NewEntry> entries) {
  OwnEntries::Append append(own_, entries);
  const EntryId last =
      connection_.run([&](Connection& connection) { return connection.log().append(entries); });
  append.ended(last);
  std::vector<std::string> stamps;
  try {
    stamps = connection_.run(
        [&](Connection& connection) { return connection.log().stamps(last, entries.size()); });
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): they are written all the same
  }
  std::vector<EntryId> ids;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const EntryId id{last.value - static_cast<std::int64_t>(entries.size() - 1 - i)};
    const bool is_known = stamps.size() == entries.size();
    ids.push_back(is_known ? id.with(stamped(append.texts()[i], stamps[i])) : id);
  }
  return ids;
}

}  // namespace crier
