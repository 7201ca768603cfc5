// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace crier {
class Node;
}

namespace crier::cli {

class Interrupt;

// What has started this process and waits to hear how it fares: systemd, or what speaks its
// protocol (sd_notify(3)).
class ServiceManager {
 public:
  // Takes what the environment says of it out of there, so that no command that the node runs can
  // speak for the node. Throws a usage error if the environment names none. Call it before there is
  // another thread.
  [[nodiscard]] static ServiceManager of_environment();

  // Lines such as "READY=1". Throws crier::Error if they don't reach it.
  void tell(std::string_view lines) const;

  // It ends a process that has not said "WATCHDOG=1" for so long.
  std::optional<std::chrono::milliseconds> watchdog;

 private:
  explicit ServiceManager(std::string socket) : socket_(std::move(socket)) {}

  std::string socket_;
};

// Until it is interrupted: tells the manager that the node is ready, how it fares, and that it is
// alive for as long as its poller comes forward, whatever that finds, or is paused; then that it
// stops.
// Throws crier::Error if the first doesn't reach the manager; `say` gets sentences for people.
void attend(const ServiceManager& manager, const Node& node, const Interrupt& interrupt,
            const std::function<void(std::string_view)>& say);

}  // namespace crier::cli
