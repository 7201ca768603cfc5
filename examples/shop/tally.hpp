// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>

namespace shop {

// Joins what the writer published with what each node applied.
class Tally {
 public:
  // A fact of a process: see modes.hpp. Those that are not counted are ignored.
  void take(const std::string& process, const std::string& fact);

  [[nodiscard]] std::size_t ready() const { return ready_; }
  [[nodiscard]] std::size_t audited() const { return audited_; }
  [[nodiscard]] std::int64_t last_entry() const;

  void print(std::ostream& out) const;
  // Whether every node has applied every entry, and no cached price or page is stale.
  [[nodiscard]] bool all_well() const;

 private:
  struct Node {
    std::map<std::int64_t, std::int64_t> applied;  // entry to time
    std::int64_t superseded = 0;                   // by a resync: everything up to this entry
    std::size_t failed = 0;
    std::size_t prices = 0;
    std::size_t pages = 0;
    std::size_t stale = 0;
  };
  struct Published {
    std::int64_t at = 0;
    std::int64_t changes = 0;
  };

  [[nodiscard]] std::size_t missed(const Node& node) const;

  std::map<std::int64_t, Published> published_;  // by entry
  std::map<std::string, Node> nodes_;
  std::size_t ready_ = 0;
  std::size_t audited_ = 0;
};

}  // namespace shop
