// SPDX-License-Identifier: MIT
#include "store/postgres/session.hpp"

#include "base/deadline.hpp"
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

// What a node knows of the log as a whole is no older.
constexpr std::chrono::milliseconds kLookAround{500};

// The commit of a NOTIFY takes a lock that all of a server's databases share. So many milliseconds,
// and it is left to the wake-up, whose thread can wait: the next call on this link can't.
constexpr const char* kNotePatience = "SET LOCAL lock_timeout = 50; ";

}  // namespace

// Prepared on a link when that first meets it.
class Session::Prepared final : public Statement {
 public:
  Prepared(Session& session, std::string_view name, std::string text)
      : Statement(std::move(text)),
        session_(session),
        name_("crier_" + std::string(name) + "_" + std::to_string(++session.prepared_)) {}

 private:
  Result execute(const BoundValues& values) override {
    PgConnection& link = *session_.link_;
    if (session_.is_pooled_) {
      return session_.in_settings([&] { return link.run_text(text(), values, session_.ends_); });
    }
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

// A pooler would drop what was sent with the session.
Session::~Session() {
  if (posted_ && !fork_guard_.is_child()) {
    try {
      link_->finish_async(PgConnection::Time::clock::now() + kGrace);
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): nodes find it by polling
    }
  }
}

void Session::begin_call(const char* operation) {
  fork_guard_.refuse_child(operation);
  // The server keeps the deadline; beyond it, and a little, nothing is to be expected from it.
  ends_ = deadline_after(config_.deadline) + kGrace;
  finish_notify();
  if (link_ == nullptr || !link_->is_usable() || link_->is_closed()) {
    connect();
  }
  if (server_deadline_ != config_.deadline && !is_pooled_) {
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
  OpenSession session =
      open_session(config_, access_, ends, access_ == Access::read_only ? nullptr : "read-write");
  lineage_->met(session.log);
  link_ = std::move(session.link);
  is_pooled_ = session.pooled;
  ++links_;
  channel_ = {};
  server_deadline_ = config_.deadline;
  ends_ = deadline_after(config_.deadline) + kGrace;
}

template <class Body>
Result Session::in_settings(Body body) {
  if (!is_pooled_ || link_->in_transaction()) {
    return body();
  }
  link_->query(begin_pooled(config_, access_), ends_);
  Result result = body();
  link_->query("COMMIT", ends_);
  return result;
}

Result Session::query(const std::string& sql) {
  return in_settings([&] { return link_->query(sql, ends_); });
}

std::unique_ptr<sql::PreparedStatement> Session::prepare(std::string_view name) {
  return std::make_unique<Prepared>(*this, name, statements().text(name));
}

std::unique_ptr<sql::PreparedStatement> Session::prepare_look_up(std::string_view query) {
  return std::make_unique<Prepared>(
      *this, "look_up",
      "WITH crier_given (key, version) AS (\n" + std::string(query) +
          "\n) SELECT DISTINCT key::text, coalesce(version::text, '') FROM crier_given "
          "WHERE convert_to(key::text, 'UTF8') IN (SELECT unnest($1::bytea[]))");
}

void Session::begin(sql::Begin kind) {
  is_bare_ = kind == sql::Begin::cache_set;
  if (is_bare_) {
    return;
  }
  std::string sql = begin_sql(kind);
  if (is_pooled_) {  // before anything is locked
    const std::size_t end = std::min(sql.find(';'), sql.size());
    const bool may_write = access_ != Access::read_only || sql.find("READ ONLY") != sql.npos;
    sql.insert(end, (may_write ? "; " : " READ ONLY; ") + local_settings(config_));
  }
  try {
    link_->query(sql, ends_);
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

void Session::keep_fills_out() { query("LOCK TABLE crierLock IN SHARE ROW EXCLUSIVE MODE"); }

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
    row.step();
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
    const bool asks = is_pooled_ && !channel_.is_known();
    if (asks) {
      link_->query(begin_pooled(config_, access_), ends_);
    }
    const std::string& channel = channel_.name(*link_, ends_);
    if (asks) {
      link_->query("COMMIT", ends_);
    }
    // One message is one transaction.
    link_->post(kNotePatience + notify_sql(channel, wakeup_.note()), ends_);
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

// Of many reads that follow each other, each would be delayed.
Session::State Session::after_reading(bool found_none) {
  State state;
  const auto now = PgConnection::Time::clock::now();
  if (found_none || now - state_seen_at_ >= kLookAround) {
    sql::Rows row = log_state_.run();
    row.step();
    if (row.is_null(0)) {
      throw Failure(Failure::Cause::server, "crierLog has no row to count with", "P0002");
    }
    state.ids_are_due = row.flag(1);
    state.may_lag = row.flag(2);
    state_seen_at_ = now;
    lineage_->met({{}, {}, std::string(row.text(0))});
    before_reading();
  }
  return state;
}

}  // namespace crier::postgres
