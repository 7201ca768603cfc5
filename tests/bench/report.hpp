// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace crier::bench {

// What a figure, or a ratio, is to reach.
struct Aim {
  enum class Is { at_least, at_most };
  Is is;
  double bound;

  [[nodiscard]] static Aim at_least(double bound) { return {Is::at_least, bound}; }
  [[nodiscard]] static Aim at_most(double bound) { return {Is::at_most, bound}; }
};

// A figure of crier's, and the same of what it is measured against.
struct Pair {
  double crier = 0;
  double peer = 0;
};

// How the program was called, and where its figures go: a table for people, or with --json one
// object per line.
class Report {
 public:
  // Takes the options that all programs share; prints the usage and exits where they are wrong.
  Report(int argc, char** argv);

  // One of the three by --quick and --smoke. Smoke is to see that the program works: its figures
  // mean nothing.
  [[nodiscard]] int pick(int full, int quick, int smoke) const;
  // --seconds: how long to look at what does nothing.
  [[nodiscard]] std::chrono::seconds window() const;
  // Whether --only asks for it: by the beginning of its name, or by that of one of its figures.
  [[nodiscard]] bool wants(std::string_view name) const {
    return name.starts_with(only_) || only_.starts_with(name);
  }

  // --traces: whose traces to replay in place of those that are here.
  [[nodiscard]] const std::optional<std::string>& traces() const { return traces_; }

  void value(const std::string& name, double value, const std::string& unit,
             std::optional<Aim> aim = {}) const;
  // The aim is the ratio's.
  void compare(const std::string& name, Pair pair, const std::string& unit,
               const std::string& peer_name, std::optional<Aim> aim = {}) const;

 private:
  enum class Size { full, quick, smoke };
  bool json_ = false;
  Size size_ = Size::full;
  std::optional<std::chrono::seconds> window_;
  std::string only_;
  std::optional<std::string> traces_;
};

// A program's main(): prints what leaves `measure` as an exception, and returns the exit code.
int run(int argc, char** argv, void (*measure)(const Report&));

}  // namespace crier::bench
