// SPDX-License-Identifier: MIT
#pragma once

#include "app.hpp"
#include "interrupt.hpp"

#include <chrono>
#include <initializer_list>
#include <mutex>
#include <ostream>
#include <sstream>
#include <streambuf>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace crier::test {

using Args = std::vector<std::string>;

/// What one run of the tool came to.
struct Outcome {
  int code = -1;
  std::string out;
  std::string err;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};
std::ostream& operator<<(std::ostream& out, const Outcome& outcome);

/// Runs the tool in this process. The store stands in the environment unless `args` name one.
/// What it prints with --json has to be what docs/json.schema.json says, here and in RunningTool.
Outcome run_tool(const Args& args, const std::string& input = {}, const std::string& store = {});
/// `crier doctor` with these options, again where a busy machine has kept a ring for too long.
Outcome run_doctor(const Args& options, const std::string& store);

/// A stream that one thread writes and another reads: of what was written, what was flushed.
class SharedText final : public std::streambuf {
 public:
  [[nodiscard]] std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }
  [[nodiscard]] bool contains(std::string_view part) const {
    const std::lock_guard lock(mutex_);
    return text_.find(part) != std::string::npos;
  }

 protected:
  int_type overflow(int_type c) override;
  std::streamsize xsputn(const char* data, std::streamsize size) override;
  int sync() override;

 private:
  std::string buffer_;  // of the writing thread
  mutable std::mutex mutex_;
  std::string text_;  // guarded by mutex_
};

/// A run of `tail` or `node` on a thread of its own, until stop().
class RunningTool {
 public:
  RunningTool(Args args, std::string store);
  ~RunningTool();
  RunningTool(const RunningTool&) = delete;
  RunningTool& operator=(const RunningTool&) = delete;

  [[nodiscard]] std::string out() const { return out_.text(); }
  [[nodiscard]] std::string err() const { return err_.text(); }
  /// Waits until standard output (standard error) holds `text`.
  [[nodiscard]] bool prints(std::string_view text,
                            std::chrono::milliseconds deadline = std::chrono::seconds(60)) const;
  [[nodiscard]] bool says(std::string_view text) const;
  /// Interrupts it, and returns all that it came to.
  Outcome stop();
  /// Waits until it ends by itself.
  Outcome wait();

 private:
  const Args args_;
  cli::Interrupt interrupt_;
  SharedText out_;
  SharedText err_;
  int code_ = -1;  // written by thread_ alone until it is joined
  std::thread thread_;
};

}  // namespace crier::test
