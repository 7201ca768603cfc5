// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace crier::soak {

// The options of a program's line: `--name value`, or `--name` alone.
class Words {
 public:
  explicit Words(const std::vector<std::string>& arguments) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      if (!arguments[i].starts_with("--")) {
        throw std::runtime_error("'" + arguments[i] + "' is not an option: see --help");
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
  template <class Number = std::uint64_t>
  [[nodiscard]] Number number(const std::string& name, Number otherwise) const {
    const auto found = values_.find(name);
    if (found == values_.end()) {
      return otherwise;
    }
    try {
      return static_cast<Number>(std::stod(found->second));
    } catch (const std::exception&) {
      throw std::runtime_error("--" + name + " wants a number, not '" + found->second + "'");
    }
  }
  // Throws for an option that is none of `known`.
  void require_known(const std::vector<std::string>& known) const;

 private:
  std::map<std::string, std::string> values_;
};

inline void Words::require_known(const std::vector<std::string>& known) const {
  for (const auto& [name, value] : values_) {
    bool found = false;
    for (const std::string& one : known) {
      found = found || one == name;
    }
    if (!found) {
      throw std::runtime_error("--" + name + " is not known: see --help");
    }
  }
}

}  // namespace crier::soak
