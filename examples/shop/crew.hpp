// SPDX-License-Identifier: MIT
#pragma once

#include "lines.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace shop {

// Processes of this program in its other modes, each with a pipe to its input and one for its
// facts. They die with this process. Used by a process with one thread, since it forks.
class Crew {
 public:
  // Told each line that a process writes as a fact, and "ended <exit code>" at last.
  using Fact = std::function<void(const std::string& process, const std::string& fact)>;
  // Called some times a second while listen() waits; what it throws leaves that.
  using Tick = std::function<void()>;

  Crew(Fact fact, Tick tick) : fact_(std::move(fact)), tick_(std::move(tick)) {}
  // Kills those that still run.
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  void start(const std::string& name, std::vector<std::string> arguments);
  // By SIGKILL: it has no time to say goodbye.
  void kill(const std::string& name) const;
  // A line to the input of each that runs.
  void tell(const std::string& line) const;
  void end_inputs();
  // Takes facts until `done()`. Throws std::runtime_error if that lasts longer than `deadline`.
  void listen(const std::function<bool()>& done, std::chrono::seconds deadline);
  [[nodiscard]] std::size_t running() const;

 private:
  struct Process {
    std::string name;
    pid_t pid;  // -1: has ended
    int input;
    int facts;
    LineReader lines;
  };

  void take(Process& process);

  Fact fact_;
  Tick tick_;
  std::vector<Process> processes_;
};

}  // namespace shop
