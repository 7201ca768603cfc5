// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <signal.h>

namespace crier::cli {

// The signals that concern whoever draws on a terminal, as something to wait for: while it lives
// they do nothing by themselves, on this thread and those that it starts from then on. What has
// come by its end does then what it does to every program.
class TerminalSignals {
 public:
  enum class Kind : std::uint8_t {
    none,       // nothing has come
    end,        // SIGINT, SIGTERM, SIGHUP or SIGQUIT
    stop,       // SIGTSTP, as Ctrl-Z sends it
    continued,  // SIGCONT
    resized,    // SIGWINCH
  };

  // Throws crier::Error.
  TerminalSignals();
  ~TerminalSignals();
  TerminalSignals(const TerminalSignals&) = delete;
  TerminalSignals& operator=(const TerminalSignals&) = delete;

  // Can be read from once there is one.
  [[nodiscard]] int file() const noexcept { return file_; }
  // The next one; an end comes before the others.
  [[nodiscard]] Kind next() noexcept;
  // Stops the process as SIGTSTP does, and returns when it goes on: at once if nobody could have it
  // go on.
  void stop() const noexcept;

 private:
  sigset_t before_{};
  int file_;
};

}  // namespace crier::cli
