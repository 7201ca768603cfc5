// SPDX-License-Identifier: MIT
#pragma once

#include "soak/sql.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>

namespace crier::soak {

// There is no PostgreSQL on this machine: exit code 77.
struct NoServer {};

// A throwaway PostgreSQL server, through script/with-postgres, and what befalls it. It ends with
// this process. For a program with one thread, since it forks.
class Server {
 public:
  // Its data and its log are in `folder`, a new one, in which the server's user may look.
  explicit Server(std::string folder);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] std::string url() const;
  // Neither ended nor still on its way up.
  [[nodiscard]] bool is_up() const { return !resume_at_ && resuming_ < 0; }
  // Ends it: SIGINT, in order; SIGKILL, with no chance to tidy up. It comes back after `pause`.
  // REQUIRES: is_up().
  void end(int signal, std::chrono::milliseconds pause);
  // Ends a few of its sessions, by chance. REQUIRES: is_up().
  void cut_sessions(std::uint64_t chance);
  // Ends it in order, and does this to its folder while it is down.
  void end(std::chrono::milliseconds pause, std::function<void(const std::string& data)> meanwhile);
  // Brings it back when that is due. Throws std::runtime_error where it does not come.
  void look();

 private:
  const std::string folder_;
  std::unique_ptr<Sql> sql_;
  std::optional<std::chrono::steady_clock::time_point> resume_at_;
  std::function<void(const std::string&)> meanwhile_;
  pid_t resuming_ = -1;
};

}  // namespace crier::soak
