// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "base/deadline.hpp"
#include "base/fork_guard.hpp"
#include "store/postgres/channel.hpp"
#include "store/postgres/failure.hpp"
#include "store/postgres/lineage.hpp"
#include "store/postgres/link.hpp"
#include "store/postgres/place.hpp"
#include "store/postgres/translate.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>

namespace crier::postgres {

// One session with a server: bounds each call by the deadline, translates what goes wrong, and
// connects again where the connection broke. One thread at a time.
class Database {
 public:
  // Connects. Throws crier::Error.
  Database(Place place, Access access, std::shared_ptr<Lineage> lineage);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  [[nodiscard]] const Place& place() const { return place_; }
  // As messages name it.
  [[nodiscard]] const std::string& name() const { return place_.name; }
  // That another log stands here than before. For who follows the log, and so reads only: a keeper
  // looks at it, too, and must not hear of it in the poller's place.
  [[nodiscard]] std::optional<std::string> take_change() {
    return access_ == Access::read_only ? lineage_->take_change() : std::nullopt;
  }

  void set_deadline(std::chrono::milliseconds deadline) { place_.deadline = deadline; }

  // Runs one call of the store. All that touches the database goes through here.
  template <class Body>
  auto call(const char* operation, Body body) {
    fork_guard_.refuse_child(operation);
    // The server keeps the deadline; beyond it, and a little, nothing is to be expected from it.
    ends_ = deadline_after(place_.deadline) + kGrace;
    try {
      make_ready();
      return body();
    } catch (const Failure& failure) {
      roll_back();  // a transaction whose beginning failed is nobody's to end
      forget_plans_of(failure);
      throw translate(operation, failure, place_, access_);
    }
  }

  // Tells all who listen, and does not wait for that; `lost` is called, now or by a later call(),
  // where it failed.
  void notify(const std::string& note, std::function<void()> lost) noexcept;

  // Within call().

  Result query(const std::string& sql) { return link_->query(sql, ends_); }
  // Runs `sql` with parameters; it is prepared when a connection first meets it.
  Result run(const std::string& sql, std::span<const std::string> values);
  // Undoes the transaction that is open, if any.
  void roll_back() noexcept;
  // A server's database is not moved while a connection to it is open.
  void require_in_place() {}

 private:
  static constexpr std::chrono::milliseconds kGrace{250};

  void make_ready();
  // Takes in what came of the last note; the link may be of no more use then.
  void settle_note();
  // The name of the statement, which is prepared where it is not.
  const std::string& prepared(const std::string& sql);
  void connect();
  // What is there now: see Lineage.
  void look_around();
  // Tables that were made anew have other plans.
  void forget_plans_of(const Failure& failure);

  Place place_;  // with the deadline that is in force
  const Access access_;
  const std::shared_ptr<Lineage> lineage_;
  const ForkGuard fork_guard_;
  Link::Time ends_;
  std::unique_ptr<Link> link_;
  std::unordered_map<std::string, std::string> prepared_;  // on this link: their names, by the SQL
  Channel channel_;                                        // likewise
  std::function<void()> note_lost_;                        // of a note that was sent last
  std::chrono::milliseconds server_deadline_{};            // as it stands in the session
};

}  // namespace crier::postgres
