// SPDX-License-Identifier: MIT
#include "store/postgres/session.hpp"

#include "base/deadline.hpp"
#include "base/quoting.hpp"
#include "store/postgres/array_literal.hpp"
#include "store/postgres/notify_payload.hpp"
#include "store/postgres/session_settings.hpp"
#include "store/postgres/statements.hpp"
#include "store/postgres/transaction_sql.hpp"
#include "store/postgres/translate.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace crier::postgres {
namespace {

// A server that is busy takes its time to begin a session.
constexpr std::chrono::milliseconds kLeastToConnect{1000};

// Publishers wait meanwhile: a tenth of a second or so.
constexpr std::int64_t kAssignedAtOnce = 5000;

// The commit of a NOTIFY takes a lock that all of a server's databases share. So many milliseconds,
// and it is left to the wake-up, whose thread can wait: the next call on this link can't.
constexpr const char* kNotePatience = "SET LOCAL lock_timeout = 50; ";

}  // namespace

// Prepared on a link when that first meets it.
class Session::Prepared final : public Statement {
 public:
  Prepared(Session& session, std::string_view name)
      : Statement(statements().text(name)),
        session_(session),
        name_("crier_" + std::string(name) + "_" + std::to_string(++session.prepared_)) {}

 private:
  Result execute(const BoundValues& values) override {
    PgConnection& link = *session_.link_;
    if (prepared_on_ != session_.links_) {
      link.prepare(name_, text(), session_.ends_);
      prepared_on_ = session_.links_;
    }
    return link.run(name_, values, session_.ends_);
  }

  Session& session_;
  const std::string name_;
  std::uint64_t prepared_on_ = 0;
};

Session::Session(StoreConfig config, Access access, std::shared_ptr<Lineage> lineage,
                 NotifyWakeup& wakeup)
    : config_(std::move(config)), access_(access), lineage_(std::move(lineage)), wakeup_(wakeup) {
  call("open", [] {});
}

void Session::begin_call(const char* operation) {
  fork_guard_.refuse_child(operation);
  // The server keeps the deadline; beyond it, and a little, nothing is to be expected from it.
  ends_ = deadline_after(config_.deadline) + kGrace;
  finish_notify();
  if (link_ == nullptr || !link_->is_usable()) {
    connect();
  }
  if (server_deadline_ != config_.deadline) {
    query("SET statement_timeout = " + statement_timeout(config_.deadline));
    server_deadline_ = config_.deadline;
  }
}

void Session::fail(const char* operation, const std::exception& error) {
  const auto* const failure = dynamic_cast<const Failure*>(&error);
  if (failure == nullptr) {
    return;
  }
  roll_back();  // a transaction whose beginning failed is nobody's to end
  // Tables that were made anew have other plans.
  constexpr const char* kOtherColumns = "0A000";
  constexpr const char* kNotPrepared = "26000";
  if (failure->code == kOtherColumns || failure->code == kNotPrepared) {
    link_.reset();
  }
  throw translate(operation, *failure, config_, access_);
}

void Session::connect() {
  const PgConnection::Time ends =
      std::max(ends_, PgConnection::Time::clock::now() + kLeastToConnect);
  link_.reset();
  auto link = std::make_unique<PgConnection>(session_parameters(config_, access_), ends);
  lineage_->met(check_session(*link, ends));
  link_ = std::move(link);
  ++links_;
  channel_ = {};
  server_deadline_ = config_.deadline;
  ends_ = deadline_after(config_.deadline) + kGrace;
}

std::unique_ptr<sql::PreparedStatement> Session::prepare(std::string_view name) {
  return std::make_unique<Prepared>(*this, name);
}

void Session::begin(sql::Begin kind) {
  is_bare_ = kind == sql::Begin::cache_set;
  if (is_bare_) {
    return;
  }
  try {
    query(begin_sql(kind));
  } catch (...) {
    roll_back();  // its lock may have failed
    throw;
  }
}

void Session::commit() {
  if (!std::exchange(is_bare_, false)) {
    query("COMMIT");
  }
}

void Session::keep_fills_out() {
  query("SELECT pg_advisory_xact_lock(1668441460, 'crierCache'::regclass::oid::int)");
}

void Session::roll_back() noexcept {
  try {
    if (link_ != nullptr && link_->is_usable() && link_->in_transaction()) {
      link_->query("ROLLBACK", PgConnection::Time::clock::now() + kGrace);
    }
  } catch (...) {
    // A session that ends undoes what it has begun.
    link_.reset();
  }
}

bool Session::is_missing_table(const std::exception& error) const {
  const auto* const failure = dynamic_cast<const Failure*>(&error);
  return failure != nullptr && postgres::is_missing_table(*failure);
}

bool Session::is_only_about_writing(const std::exception& error) const {
  constexpr std::array kCodes = {"55P03", "57014", "40P01", "40001", "25006", "42501", "53100"};
  const auto* const failure = dynamic_cast<const Failure*>(&error);
  return failure != nullptr && failure->cause == Failure::Cause::server &&
         std::find(kCodes.begin(), kCodes.end(), failure->code) != kCodes.end();
}

EntryId Session::append(std::span<const NewEntry> entries) {
  const NewEntry& first = entries.front();
  const auto last_id = [](sql::Rows row) -> EntryId {
    if (!row.step()) {
      throw Failure(Failure::Cause::server, "crierLog has no row to count with", "P0002");
    }
    return {row.integer(0)};
  };
  if (entries.size() == 1) {
    return last_id(
        append_one_.run({first.json_instruction, first.originated, first.instruction_count}));
  }
  const std::string json = array_literal(entries, &NewEntry::json_instruction);
  const std::string originated = array_literal(entries, &NewEntry::originated);
  const std::string counts = array_literal(entries, &NewEntry::instruction_count);
  return last_id(append_.run(
      {sql::Value::literal(json), sql::Value::literal(originated), sql::Value::literal(counts)}));
}

void Session::announce() noexcept {
  if (wakeup_.ring_through_caller()) {
    notify();
  }
}

void Session::notify() noexcept {
  try {
    ends_ = deadline_after(config_.deadline);
    link_->post(kNotePatience + notify_sql(channel_.name(*link_, ends_), wakeup_.note()), ends_);
    posted_ = true;
  } catch (const std::exception&) {
    wakeup_.owe();
  }
}

void Session::finish_notify() {
  if (!std::exchange(posted_, false)) {
    return;
  }
  try {
    if (!link_->finish_async(ends_)) {
      wakeup_.owe();
    }
  } catch (const Failure& failure) {
    wakeup_.owe();
    if (failure.cause == Failure::Cause::late) {
      // Not what is said if something has been sent: that may be there.
      throw Failure(Failure::Cause::connecting, failure.what());
    }
  }
}

std::int64_t Session::assign_pending_ids() {
  std::int64_t all = 0;
  for (std::int64_t some = kAssignedAtOnce; some == kAssignedAtOnce; all += some) {
    some = call("settle", [&] {
      sql::Rows row = assign_pending_ids_.run({kAssignedAtOnce});
      row.step();
      return row.integer(0);
    });
  }
  return all;
}

// Only who follows the log reads only: a keeper looks at it, too, and must not hear of a change in
// the poller's place.
void Session::before_reading() {
  if (access_ != Access::read_only) {
    return;
  }
  if (const std::optional<std::string> change = lineage_->take_change()) {
    throw Failure(Failure::Cause::replaced, *change);
  }
}

// If there is a schema, no right to make one is needed.
void Session::prepare_database(bool are_any_pending) {
  if (!are_any_pending || config_.schema.empty() ||
      query(statements().text("has_schema")).number(0, 0) != 0) {
    return;
  }
  // Of two that make it at once one would fail, without the lock.
  query("SELECT pg_advisory_xact_lock(1668441459, 0); CREATE SCHEMA IF NOT EXISTS " +
        sql_name(config_.schema));
}

std::string Session::log_fault() {
  sql::Rows row = log_is_there_.run();
  return row.step() && row.flag(0) ? "" : "the log or its counter is not there";
}

}  // namespace crier::postgres
