// SPDX-License-Identifier: MIT
#pragma once

#include "board.hpp"
#include "crew.hpp"
#include "display.hpp"
#include "modes.hpp"
#include "picture.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace shop {

// Half of the demo: three nodes and a writer as processes, with a time limit for what is cached, or
// with crier; with crier a node is killed in the middle. It shows what happens as it happens. What
// goes wrong, and a signal that is to end the demo, are thrown. Its processes die with it.
class Half {
 public:
  // `picture.half` says which. What is given must outlive it.
  Half(const Arguments& arguments, Board& board, Picture& picture, Display& display);
  Half(const Half&) = delete;
  Half& operator=(const Half&) = delete;

  // The load, and what is in the caches at its end.
  void measure();
  // Prices change again, until somebody presses Enter.
  void go_on();
  void stop();

 private:
  enum class Victim { runs, killed, gone, started, back };

  void start(const std::string& name, std::vector<std::string> words);
  void start_node(std::size_t node);
  void start_writer();
  void take(const std::string& process, const std::string& fact);
  void take_end(const std::string& process, const std::string& fact);
  void remark(const std::string& what);
  void kill_one();
  void tick();
  void draw();
  [[nodiscard]] double seconds() const;

  const Arguments& arguments_;
  Board& board_;
  Picture& picture_;
  Display& display_;
  const bool has_limit_;
  std::size_t ready_ = 0;
  std::size_t audited_ = 0;
  std::string last_entry_ = "0";
  bool writes_ = false;
  bool stops_ = false;
  Victim victim_ = Victim::runs;
  std::chrono::steady_clock::time_point began_;
  std::chrono::steady_clock::time_point next_draw_;
  Crew crew_;
};

}  // namespace shop
