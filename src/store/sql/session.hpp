// SPDX-License-Identifier: MIT
#pragma once

#include "store/sql/prepared_statement.hpp"
#include "store/sql/store_config.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace crier::sql {

// What a transaction is for. A driver knows what that takes in its database.
enum class Begin : std::uint8_t {
  write,           // changes what nodes tell each other; others who write so wait
  snapshot,        // only reads, and all reads see the same
  migration,       // keeps other migrators out
  cache_fill,      // stores what was loaded: nothing it looks at is deleted meanwhile
  cache_renewal,   // notes that an entry was used; waits for nothing for long
  cache_set,       // stores at the time at which it may write; a statement does that by itself
  cache_clearing,  // deletes from the shared cache
  hybrid,          // changes the record of a hybrid cache, whose row keeps others out
  trial,           // does what a publish does, and undoes it
  savepoint,       // within the transaction of an application's
};

// One session with a database: what the core needs of a driver. One thread at a time.
class Session {
 public:
  virtual ~Session() = default;

  [[nodiscard]] virtual const StoreConfig& config() const = 0;
  // The longest that a call waits for locks and runs. Not on an application's connection.
  virtual void set_deadline(std::chrono::milliseconds /*deadline*/) {}

  // Runs one call of the store: all that touches the database goes through here. Ends by the
  // deadline. Throws crier::Error of `operation` if the database fails.
  template <class Body>
  auto call(const char* operation, Body body) {
    try {
      begin_call(operation);
      return body();
    } catch (const std::exception& error) {
      fail(operation, error);
      throw;
    }
  }

  // The rest is for use within call().

  // Prepares the statement of that name: see statements/. It must not outlive the session.
  [[nodiscard]] virtual std::unique_ptr<PreparedStatement> prepare(std::string_view name) = 0;
  // Runs one or more statements without parameters.
  virtual void execute(const std::string& script) = 0;

  // See Transaction.
  virtual void begin(Begin kind) = 0;
  virtual void commit() = 0;
  virtual void roll_back() noexcept = 0;

  // From now on in this transaction no fill of the shared cache looks at what is about to be
  // deleted.
  virtual void keep_fills_out() {}

  // Whether the database said that a table is not there.
  [[nodiscard]] virtual bool is_missing_table(const std::exception& /*error*/) const {
    return false;
  }
  // Whether the database said no more than that nothing can be written now, or by this user.
  [[nodiscard]] virtual bool is_only_about_writing(const std::exception& /*error*/) const {
    return false;
  }
  // Whether the database refused what a statement asks for, as what stands there is.
  [[nodiscard]] virtual bool is_refusal(const std::exception& /*error*/) const { return false; }
  // Keys of the shared cache as the statement cache_find_many takes them; empty if it can't, and
  // they have to be asked for one by one.
  [[nodiscard]] virtual std::string key_list(std::span<const std::string> /*keys*/) const {
    return {};
  }
  // Throws if the database is no longer the one that was opened, so that what was read is worth
  // nothing. Costs as much as a read.
  virtual void require_in_place() {}
  // The same, but looks now and then only.
  virtual void require_in_place_now_and_then() {}

  // How many rows one DELETE takes at the most, so that it does not keep those who wait for it:
  // publishers, or fills of the shared cache.
  struct Chunks {
    std::size_t log;
    std::size_t cache;
  };
  // One by one: right for a database in which all wait for the lock that a delete holds.
  [[nodiscard]] virtual Chunks rows_per_delete() const { return {1, 1}; }

 protected:
  // Makes the session ready, and starts the deadline.
  virtual void begin_call(const char* operation) = 0;
  // Throws crier::Error if `error` is of the database's; else returns.
  virtual void fail(const char* operation, const std::exception& error) = 0;
};

}  // namespace crier::sql
