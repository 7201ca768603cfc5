// SPDX-License-Identifier: MIT
#include "store/postgres/database.hpp"

#include "store/postgres/note.hpp"
#include "store/postgres/session.hpp"

#include <algorithm>
#include <utility>

namespace crier::postgres {
namespace {

// A server that is busy takes its time to begin a session.
constexpr std::chrono::milliseconds kLeastToConnect{1000};

// The commit of a NOTIFY takes a lock that all of a server's databases share. So many milliseconds,
// and it is left to the bell, whose thread can wait: the next call on this link can't.
const std::string kNotePatience = "SET LOCAL lock_timeout = 50; ";

}  // namespace

Database::Database(Place place, Access access, std::shared_ptr<Lineage> lineage)
    : place_(std::move(place)), access_(access), lineage_(std::move(lineage)) {
  call("open", [] {});
}

void Database::make_ready() {
  settle_note();
  if (link_ == nullptr || !link_->is_usable()) {
    connect();
  }
  if (server_deadline_ != place_.deadline) {
    query("SET statement_timeout = " + statement_timeout(place_.deadline));
    server_deadline_ = place_.deadline;
  }
}

void Database::connect() {
  const Link::Time ends = std::max(ends_, Link::Time::clock::now() + kLeastToConnect);
  link_.reset();
  auto link = std::make_unique<Link>(session_parameters(place_, access_), ends);
  lineage_->met(check_session(*link, ends));
  link_ = std::move(link);
  prepared_.clear();
  channel_ = {};
  server_deadline_ = place_.deadline;
  ends_ = deadline_after(place_.deadline) + kGrace;
}

Result Database::run(const std::string& sql, std::span<const std::string> values) {
  return link_->run(prepared(sql), values, ends_);
}

void Database::notify(const std::string& note, std::function<void()> lost) noexcept {
  try {
    ends_ = deadline_after(place_.deadline);
    link_->post(kNotePatience + notify_sql(channel_.name(*link_, ends_), note), ends_);
    note_lost_ = std::move(lost);
  } catch (const std::exception&) {
    lost();
  }
}

void Database::settle_note() {
  const std::function<void()> lost = std::exchange(note_lost_, nullptr);
  if (!lost) {
    return;
  }
  try {
    if (!link_->settle(ends_)) {
      lost();
    }
  } catch (const Failure& failure) {
    lost();
    if (failure.cause == Failure::Cause::late) {
      // Not what is said where something has been sent: that may be there.
      throw Failure(Failure::Cause::connecting, failure.what());
    }
  }
}

const std::string& Database::prepared(const std::string& sql) {
  auto found = prepared_.find(sql);
  if (found == prepared_.end()) {
    const std::string name = "crier_" + std::to_string(prepared_.size());
    link_->prepare(name, sql, ends_);
    found = prepared_.emplace(sql, name).first;
  }
  return found->second;
}

void Database::roll_back() noexcept {
  try {
    if (link_ != nullptr && link_->is_usable() && link_->in_transaction()) {
      link_->query("ROLLBACK", Link::Time::clock::now() + kGrace);
    }
  } catch (...) {
    // A session that ends undoes what it has begun.
    link_.reset();
  }
}

void Database::forget_plans_of(const Failure& failure) {
  constexpr const char* kOtherColumns = "0A000";
  constexpr const char* kNotPrepared = "26000";
  if (failure.code == kOtherColumns || failure.code == kNotPrepared) {
    link_.reset();
  }
}

}  // namespace crier::postgres
