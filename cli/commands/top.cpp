// SPDX-License-Identifier: MIT
#include "arguments.hpp"
#include "commands/commands.hpp"
#include "interrupt.hpp"
#include "limit_options.hpp"
#include "screen.hpp"
#include "terminal_signals.hpp"
#include "top_looks.hpp"
#include "top_view.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <poll.h>
#include <string>
#include <unistd.h>
#include <utility>

namespace crier::cli {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

struct TopOptions {
  LimitOptions limits;
  std::string interval = "2s";
};

// The screen, and all that changes it.
class Top {
 public:
  Top(Session& session, const Limits& limits, milliseconds interval)
      : session_(session), looks_(session, limits), screen_(session.streams.out) {
    view_.interval = interval;
  }

  void run() {
    while (heed_signals() && return_to_terminal()) {
      if (!view_.paused && Clock::now() >= due_) {
        ask();
      }
      if (!draw() || !wait()) {
        return;
      }
    }
  }

 private:
  void ask() {
    if (!looks_.is_looking()) {
      asked_ = Clock::now();
      due_ = asked_ + view_.interval;
      looks_.ask();
    }
  }

  // False: it is to end.
  bool heed_signals() {
    for (auto kind = signals_.next(); kind != TerminalSignals::Kind::none; kind = signals_.next()) {
      if (kind == TerminalSignals::Kind::end) {
        return false;
      }
      if (kind == TerminalSignals::Kind::stop) {
        screen_.leave();
        signals_.stop();
      }
      if (kind != TerminalSignals::Kind::resized) {
        is_away_ = true;
      }
    }
    return true;
  }

  // Stands still for as long as the terminal is another's. False: nobody will ever give it back.
  bool return_to_terminal() {
    while (is_away_ && !Screen::has_terminal()) {
      signals_.stop();
      if (signals_.next() != TerminalSignals::Kind::continued) {
        return false;
      }
    }
    if (std::exchange(is_away_, false)) {
      screen_.enter();
    }
    return true;
  }

  bool draw() {
    view_.unanswered = looks_.is_looking()
                           ? std::chrono::duration_cast<milliseconds>(Clock::now() - asked_)
                           : milliseconds(0);
    return screen_.draw(top_lines(look_, view_, screen_.size(), session_.paint));
  }

  // Until something is to be drawn. False: it is to end.
  bool wait() {
    std::array<pollfd, 4> files{{{STDIN_FILENO, POLLIN, 0},
                                 {signals_.file(), POLLIN, 0},
                                 {looks_.file(), POLLIN, 0},
                                 {session_.interrupt.file(), POLLIN, 0}}};
    if (::poll(files.data(), files.size(), patience()) <= 0) {
      return true;
    }
    if (files[3].revents != 0) {
      return false;
    }
    if (files[2].revents != 0) {
      if (std::optional<TopLook> look = looks_.take()) {
        look_ = std::move(*look);
      }
    }
    return files[0].revents == 0 || heed_keys();
  }

  // In milliseconds, as poll() takes it; -1: for ever.
  [[nodiscard]] int patience() const {
    if (looks_.is_looking()) {
      return 1000;  // for how long there is no answer is shown
    }
    return view_.paused
               ? -1
               : static_cast<int>(std::clamp<milliseconds::rep>(
                     std::chrono::ceil<milliseconds>(due_ - Clock::now()).count(), 0, 60'000));
  }

  bool heed_keys() {
    std::string keys;
    if (!Screen::read_keys(keys)) {
      return false;
    }
    for (const char key : keys) {
      if (key == 'q') {
        return false;
      }
      if (key == ' ') {
        ask();
      }
      static_cast<void>(apply_key(key, view_));
    }
    return true;
  }

  Session& session_;
  TopView view_;
  TopLook look_;
  Clock::time_point due_ = Clock::now();    // the next look
  Clock::time_point asked_ = Clock::now();  // when the last one began
  bool is_away_ = true;                     // the screen is to be entered
  // In this order: the terminal is itself again before signals are, and before the end waits for a
  // look, which a second Ctrl-C may then cut short. The first look starts a thread, by when signals
  // are held back.
  TopLooks looks_;
  TerminalSignals signals_;
  Screen screen_;
};

int run_top(Session& session, const TopOptions& options) {
  constexpr milliseconds kShortest{100};
  const Limits limits = options.limits.limits();
  const milliseconds interval = parse_duration("--interval", options.interval);
  if (interval < kShortest) {
    throw usage_error("--interval: it is 100ms at the least");
  }
  static_cast<void>(open_store(session.require_store()));  // a wrong URL will not heal
  if (session.json) {
    throw usage_error(
        "top is for people and prints no JSON: use crier status --json --watch, or crier metrics");
  }
  if (!session.keyboard) {
    throw usage_error(
        "top needs a terminal that it can draw on, and keys: use crier status --watch, or crier "
        "metrics");
  }
  Top(session, limits, interval).run();
  return 0;
}

}  // namespace

Command add_top(CLI::App& root) {
  CLI::App* app = root.add_subcommand("top", "Watch the log and its nodes on the whole terminal");
  auto options = std::make_shared<TopOptions>();
  app->add_option("--interval", options->interval,
                  "From one look to the next, at least 100ms (default: 2s)")
      ->type_name("DURATION");
  options->limits.add_to(*app);
  app->footer(
      "Shows what crier status and crier nodes say, how fast the log grows, and its newest "
      "entries\n"
      "without canaries, until q is pressed or it is interrupted. Keys:\n"
      "\n"
      "  q            quit\n"
      "  h            help\n"
      "  m            more: all of it, page by page, with what to do next, and back\n"
      "  p            pause, and go on\n"
      "  s            sort nodes by trouble, name, behind, or beat\n"
      "  r            reverse that\n"
      "  space        look now\n"
      "\n"
      "If the store is out of reach it says so, shows what was found last, and tries again. It\n"
      "needs a terminal; in a script use crier status --watch or crier metrics.\n"
      "\n"
      "Examples:\n"
      "  crier top\n"
      "  crier top --interval 500ms --max-behind 2s");
  return {app, [options](Session& session) { return run_top(session, *options); }};
}

}  // namespace crier::cli
