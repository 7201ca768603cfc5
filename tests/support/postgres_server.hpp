// SPDX-License-Identifier: MIT
#pragma once

#include "support/child.hpp"
#include "support/temp_dir.hpp"

#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace crier::test {

/// A PostgreSQL server of its own, to be stopped, killed and replaced, which ends with this object,
/// or with this process. Made by script/with-postgres. Throws std::runtime_error.
class PostgresServer {
 public:
  /// As in "default_transaction_read_only=on".
  using Settings = std::vector<std::string>;

  /// Whether this machine has one; where not, says so as a test does that is skipped.
  [[nodiscard]] static bool is_here();

  /// Each runs when it returns.
  [[nodiscard]] static std::unique_ptr<PostgresServer> start(const Settings& settings = {});
  /// With a system identifier of its own.
  [[nodiscard]] static std::unique_ptr<PostgresServer> start_another();
  /// That follows `primary`.
  [[nodiscard]] static std::unique_ptr<PostgresServer> start_standby(const PostgresServer& primary);

  [[nodiscard]] std::string folder() const { return dir_.path(); }
  /// With `more` at its end, as in "&deadline=60ms".
  [[nodiscard]] std::string url(const std::string& more = {}) const;
  [[nodiscard]] std::string conninfo() const;
  void execute(const std::string& sql) const;
  [[nodiscard]] std::string value(const std::string& sql) const;

  /// SIGINT: it ends its sessions first; SIGQUIT, SIGKILL: it does not. Waits until it has ended.
  void end(int signal);
  /// Of one that has ended. Waits until it answers.
  void run();
  /// Kills a session as memory that is short does: all others have ended, too, when it returns, and
  /// the server recovers.
  void crash() const;
  /// The server and all its sessions stand still, and go on.
  void pause() const { signal_all(SIGSTOP); }
  void resume() const { signal_all(SIGCONT); }
  /// Of one that has ended: keeps a copy of its data; puts that in their place.
  void save_data() const;
  void restore_data() const;
  /// Of a standby: it becomes a primary, on a timeline of its own.
  void promote() const;

 private:
  using MakeData = std::function<void(const TempDir&)>;
  PostgresServer(const MakeData& make_data, Settings settings);
  void signal_all(int signal) const;

  const TempDir dir_;
  const Settings settings_;
  std::unique_ptr<Child> process_;
  int runs_ = 0;
};

}  // namespace crier::test
