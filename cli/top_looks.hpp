// SPDX-License-Identifier: MIT
#pragma once

#include "entry_rate.hpp"
#include "facts.hpp"
#include "names.hpp"
#include "session.hpp"
#include "top_view.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace crier::cli {

// Looks at a log on a thread of its own, one look at a time: a database that does not answer holds
// up nobody who draws. The end waits for the look that is under way. Used by one thread.
class TopLooks {
 public:
  // `session` outlives it.
  TopLooks(const Session& session, const Limits& limits);
  ~TopLooks();
  TopLooks(const TopLooks&) = delete;
  TopLooks& operator=(const TopLooks&) = delete;

  // Begins a look, unless one is under way. The first starts the thread.
  void ask();
  [[nodiscard]] bool is_looking() const { return looking_; }
  // Can be read from once a look has ended.
  [[nodiscard]] int file() const noexcept { return ended_; }
  // What the look that has ended has found. One that failed has an error, and else what was found
  // before. Nothing if none has ended since.
  [[nodiscard]] std::optional<TopLook> take();

 private:
  void work(const std::stop_token& stop);
  void look();
  void read(OpenLog& log);
  [[nodiscard]] std::vector<std::string> newest_entries(InstructionLog& log);

  const Session& session_;
  const Limits limits_;
  const int ended_;
  bool looking_ = false;  // of the thread that asks

  // Of the thread that looks.
  std::optional<OpenLog> log_;  // nothing: to be opened
  Names names_;
  std::chrono::steady_clock::time_point named_;  // when they were read
  EntryRate rate_;
  TopLook found_;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool asked_ = false;             // guarded by mutex_
  std::optional<TopLook> result_;  // guarded by mutex_
  std::jthread thread_;            // last: it uses all of these
};

}  // namespace crier::cli
