// SPDX-License-Identifier: MIT
#pragma once

#include <charconv>
#include <cstdint>
#include <limits>
#include <map>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace crier::soak {

// The command line is wrong: exit code 2.
class UsageError final : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The options of a program's line: `--name value`, or `--name` alone.
class Words {
 public:
  explicit Words(const std::vector<std::string>& arguments) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      if (!arguments[i].starts_with("--")) {
        throw UsageError("'" + arguments[i] + "' is not an option: see --help");
      }
      const bool alone = i + 1 == arguments.size() || arguments[i + 1].starts_with("--");
      const std::string name = arguments[i].substr(2);
      values_[name] = alone ? "" : arguments[++i];
    }
  }

  [[nodiscard]] bool has(const std::string& name) const { return values_.contains(name); }
  [[nodiscard]] std::string text(const std::string& name, const std::string& otherwise = {}) const {
    const auto found = values_.find(name);
    return found == values_.end() ? otherwise : found->second;
  }
  // Throws where it is not one from `least` to `most`.
  [[nodiscard]] std::uint64_t number(
      const std::string& name, std::uint64_t otherwise, std::uint64_t least = 0,
      std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) const;
  // Throws for an option that is none of `known`.
  void require_known(const std::vector<std::string>& known) const;

 private:
  std::map<std::string, std::string> values_;
};

inline std::uint64_t Words::number(const std::string& name, std::uint64_t otherwise,
                                   std::uint64_t least, std::uint64_t most) const {
  if (!has(name)) {
    return otherwise;
  }
  const std::string given = text(name);
  const char* const end = given.data() + given.size();
  std::uint64_t value = 0;
  const auto [stop, error] = std::from_chars(given.data(), end, value);
  if (error != std::errc() || stop != end || value < least || value > most) {
    throw UsageError("--" + name + " wants a whole number from " + std::to_string(least) + " to " +
                     std::to_string(most) + ", not '" + given + "'");
  }
  return value;
}

inline void Words::require_known(const std::vector<std::string>& known) const {
  for (const auto& [name, value] : values_) {
    bool found = false;
    for (const std::string& one : known) {
      found = found || one == name;
    }
    if (!found) {
      throw UsageError("--" + name + " is not known: see --help");
    }
  }
}

}  // namespace crier::soak
