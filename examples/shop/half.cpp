// SPDX-License-Identifier: MIT
#include "half.hpp"

#include "interrupt.hpp"
#include "lines.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace shop {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kTtl{5};
constexpr std::chrono::seconds kDeadline{60};
constexpr std::chrono::hours kLongest{24};
constexpr std::chrono::milliseconds kDrawEvery{100};
constexpr std::size_t kVictim = 1;  // of the nodes: web-2

std::string name_of(std::size_t node) { return "web-" + std::to_string(node + 1); }

std::string text_of(double seconds) {
  std::ostringstream text;
  text.precision(1);
  text << std::fixed << seconds << " s";
  return text.str();
}

}  // namespace

Half::Half(const Arguments& arguments, Board& board, Picture& picture, Display& display)
    : arguments_(arguments),
      board_(board),
      picture_(picture),
      display_(display),
      has_limit_(picture.half == 0),
      crew_([this](const std::string& process, const std::string& fact) { take(process, fact); },
            [this] { tick(); }) {}

void Half::measure() {
  for (std::size_t node = 0; node < kNodes; ++node) {
    start_node(node);
  }
  start_writer();
  std::size_t starts = kNodes + 1;
  crew_.listen([&] { return ready_ == starts; }, kDeadline);

  began_ = Clock::now();
  board_.set_open(true);
  crew_.listen([this] { return seconds() >= picture_.of_seconds; }, arguments_.seconds + kDeadline);
  board_.set_open(false);
  starts += has_limit_ ? 0 : 1;  // the node that was killed
  crew_.listen([&] { return !writes_ && ready_ == starts; }, kDeadline);
  draw();

  crew_.tell("audit " + last_entry_);
  crew_.listen([this] { return audited_ == kNodes; }, kDeadline);
}

void Half::go_on() {
  board_.set_open(true);
  start_writer();
  crew_.listen([] { return readable(STDIN_FILENO, std::chrono::milliseconds(0)); }, kLongest);
  board_.set_open(false);
  crew_.listen([this] { return !writes_; }, kDeadline);
}

void Half::stop() {
  stops_ = true;
  crew_.end_inputs();
  crew_.listen([this] { return crew_.running() == 0; }, kDeadline);
}

void Half::start(const std::string& name, std::vector<std::string> words) {
  words.insert(words.end(),
               {"--store", arguments_.store, "--board", std::to_string(board_.descriptor())});
  if (has_limit_) {
    words.insert(words.end(), {"--ttl", std::to_string(kTtl.count())});
  }
  crew_.start(name, std::move(words));
}

void Half::start_node(std::size_t node) {
  start(name_of(node), {"node", "--slot", std::to_string(slot_of(picture_.half, node))});
}

void Half::start_writer() {
  writes_ = true;
  start("writer", {"writer"});
}

void Half::take(const std::string& process, const std::string& fact) {
  std::istringstream words(fact);
  std::string kind;
  std::int64_t cached = 0;
  std::int64_t wrong = 0;
  words >> kind;
  if (kind == "ready") {
    ++ready_;
    if (victim_ == Victim::started && process == name_of(kVictim)) {
      victim_ = Victim::back;
      remark(", back at ");
    }
  } else if (kind == "last") {
    words >> last_entry_;
  } else if (kind == "audited" && words >> cached >> wrong) {
    ++audited_;
    Picture::Half& half = picture_.halves.at(picture_.half);
    half.cached += cached;
    half.wrong += wrong;
  } else if (kind == "ended") {
    take_end(process, fact);
  }
}

void Half::take_end(const std::string& process, const std::string& fact) {
  if (victim_ == Victim::killed && process == name_of(kVictim)) {
    victim_ = Victim::gone;
  } else if (process == "writer" && fact == "ended 0" && !board_.is_open()) {
    writes_ = false;
  } else if ((fact != "ended 0" || !stops_) && caught_signal() == 0) {
    throw std::runtime_error(process + ' ' + fact + " before its time");
  }
}

void Half::remark(const std::string& what) {
  std::string& text = picture_.remarks.at(kVictim);
  text += what + text_of(seconds());
  display_.tell("  " + name_of(kVictim) + "  " + text);
}

// In the middle; it is started again when that was to be seen.
void Half::kill_one() {
  const double part = seconds() / picture_.of_seconds;
  if (victim_ == Victim::runs && part >= 0.5) {
    victim_ = Victim::killed;
    crew_.kill(name_of(kVictim));
    remark("SIGKILL at ");
  } else if (victim_ == Victim::gone && part >= 0.625) {
    victim_ = Victim::started;
    start_node(kVictim);
  }
}

void Half::tick() {
  if (caught_signal() != 0) {
    throw Interrupted();
  }
  if (!has_limit_ && began_ != Clock::time_point()) {
    kill_one();
  }
  if (Clock::now() >= next_draw_) {
    next_draw_ = Clock::now() + kDrawEvery;
    draw();
  }
}

void Half::draw() {
  picture_.seconds = std::min(seconds(), picture_.of_seconds);
  picture_.count(board_);
  display_.draw(lines_of(picture_, true, display_.has_colours()));
}

double Half::seconds() const {
  return began_ == Clock::time_point()
             ? 0
             : std::chrono::duration<double>(Clock::now() - began_).count();
}

}  // namespace shop
