// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <signal.h>

namespace crier::cli {

// Ends what follows the log: by a signal once signals are caught, or by trigger().
// Thread-safe, but for catch_signals(). At most one at a time may catch signals.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // From here on the first SIGINT, SIGTERM or SIGHUP is an interrupt; a second SIGINT or SIGTERM
  // kills. A SIGHUP that was ignored before stays so, as under nohup. Whoever writes to a closed
  // pipe gets an error, and lives.
  void catch_signals();
  void trigger() const noexcept;

  [[nodiscard]] bool requested() const noexcept { return wait_for(std::chrono::milliseconds(0)); }
  // True as soon as it is interrupted, false after `duration`.
  bool wait_for(std::chrono::milliseconds duration) const noexcept;
  // Can be read from once it is interrupted: to be waited for beside other files.
  [[nodiscard]] int file() const noexcept { return pipe_[0]; }
  void wait() const noexcept { wait_for(std::chrono::milliseconds(-1)); }

 private:
  std::array<int, 2> pipe_{};  // interrupted once there is something to read; nothing reads it
  bool catching_ = false;
  struct sigaction old_interrupt_ {};
  struct sigaction old_terminate_ {};
  struct sigaction old_hangup_ {};
  struct sigaction old_pipe_ {};
};

}  // namespace crier::cli
