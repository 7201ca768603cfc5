// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace crier::test {

/// A real process whose output goes to files that the test can look into while it runs. Killed and
/// reaped by the destructor where it still runs.
class Child {
 public:
  /// `name` names its output files in `dir`: name.out and name.err.
  Child(const std::filesystem::path& dir, const std::string& name,
        const std::vector<std::string>& command);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// A process that is stopped by it (SIGSTOP) stands still when this returns.
  void signal(int number) const;
  /// The exit code, or 128 + the signal's number. Kills it and throws where it does not end in
  /// time.
  int wait();
  [[nodiscard]] bool has_ended() { return reap(false); }

  [[nodiscard]] pid_t pid() const { return pid_; }

  /// Whole lines only.
  [[nodiscard]] std::vector<std::string> out() const;
  [[nodiscard]] std::vector<std::string> err() const;

 private:
  [[nodiscard]] bool reap(bool block);

  const std::filesystem::path out_;
  const std::filesystem::path err_;
  pid_t pid_ = -1;
  std::optional<int> status_;
};

[[nodiscard]] inline std::string text_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    text += line + "\n";
  }
  return text;
}

}  // namespace crier::test
