// SPDX-License-Identifier: MIT
#pragma once

#include "base/deadline.hpp"
#include "base/fork_guard.hpp"
#include "base/pool.hpp"
#include "cache/redis/redis_connection.hpp"
#include "cache/redis/redis_url.hpp"
#include "cache/redis/sentinel.hpp"
#include "cache/redis/tls.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crier::redis {

// Runs commands on the server that a URL names, over a few connections, each used by one call at a
// time. When that server has changed its part (a replica took over, a slot of a Cluster has moved),
// they are made anew, to whoever has it now. Thread-safe.
//
// Each call throws crier::Error that names the server, retryable if the same call may succeed
// later.
class Client {
 public:
  // Opens nothing. Throws an invalid_argument Error if a file of the URL's can't be used.
  Client(Url url, std::size_t max_sessions);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  [[nodiscard]] const Url& url() const { return url_; }
  // When a call that begins now has to end: one deadline for all that it does.
  [[nodiscard]] Time deadline() const { return deadline_after(url_.deadline); }

  // The answer to each command, none of them an error. If the first is refused in a way that
  // another server might not refuse it, all are run there once.
  [[nodiscard]] std::vector<Reply> read(const char* operation, const Commands& commands,
                                        Time ends) {
    return run(operation, commands, ends, true);
  }
  // The same for commands that change something: they are sent once, and only over a connection
  // that still stands.
  [[nodiscard]] std::vector<Reply> write(const char* operation, const Commands& commands,
                                         Time ends) {
    return run(operation, commands, ends, false);
  }
  // For writes that matter little: whether they were done. If the server refuses one, nothing is
  // tried for a moment. Never throws crier::Error.
  bool try_write(const Commands& commands, Time ends);
  // Another one whenever the server may have become another.
  [[nodiscard]] unsigned epoch() const { return epoch_; }

  // For an answer that no such server gives.
  [[noreturn]] void reject_answer(const char* operation) const;

 private:
  using Loan = Pool<Connection>::Loan;

  [[nodiscard]] std::vector<Reply> run(const char* operation, const Commands& commands, Time ends,
                                       bool only_reads);
  [[nodiscard]] Loan take(const char* operation, Time ends, bool only_reads);
  [[nodiscard]] bool is_fit(Connection& connection, bool only_reads) const;
  [[nodiscard]] std::unique_ptr<Connection> open(Time ends);
  [[nodiscard]] std::unique_ptr<Connection> open_in_cluster(Time ends);
  [[nodiscard]] std::unique_ptr<Connection> open_at(const Address& address, Time ends) const;
  void introduce(Connection& connection, Time ends) const;
  // The connections that nobody uses lead to where one was lost.
  void drop_idle();
  // What is open leads to a server that is no longer the right one.
  void leave(std::string_view error, const Connection& connection);
  [[noreturn]] void fail(const char* operation, const Lost& lost) const;

  const Url url_;
  const ForkGuard fork_guard_;
  const std::size_t max_sessions_;
  const std::unique_ptr<const TlsContext> tls_;  // null: without
  Sentinels sentinels_;
  std::atomic<Time> quiet_until_{Time::min()};  // until then nothing is tried that matters little
  std::atomic<unsigned> epoch_ = 0;
  std::mutex mutex_;
  std::optional<Address> moved_;  // guarded by mutex_: which node of a Cluster has our slot
  Pool<Connection> pool_;
};

}  // namespace crier::redis
