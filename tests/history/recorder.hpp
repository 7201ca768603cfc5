// SPDX-License-Identifier: MIT
#pragma once

#include "history/event.hpp"

#include <cstdint>
#include <mutex>
#include <string>

namespace crier::history {

inline constexpr std::string_view kHeader = "crier-history 1 ";

// Now, as an Event has it.
[[nodiscard]] std::int64_t now();

// Writes what one process has to tell into a file of its own. Thread-safe.
class Recorder {
 public:
  // Throws std::system_error. `process`: what others call it who kill it.
  Recorder(const std::string& file, const std::string& process);
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // Gives the event its time, which is the order of the file. What others may have seen of a change
  // must be told before they can: such an event is written at once, the others soon.
  void put(Event event);
  // The same for what `tell()` returns; it is called when nothing else is put.
  template <class Tell>
  void put_as_of_now(Tell tell) {
    const std::lock_guard lock(mutex_);
    append(tell());
  }
  // Ends the history: what is put later is not written.
  void finish();

 private:
  void append(Event event);
  void write();

  const int descriptor_;
  std::mutex mutex_;
  std::string text_;  // not yet written; guarded by mutex_
  bool has_ended_ = false;
};

}  // namespace crier::history
