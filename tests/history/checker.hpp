// SPDX-License-Identifier: MIT
#pragma once

#include "history/event.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace crier::history {

enum class Violation : std::uint8_t {
  stale,        // a read is older than what its node had applied when the read began
  unread_own,   // … than what it had published itself
  unwaited,     // … than what a wait had said it had applied
  went_back,    // a read is older than one on the same node that had ended before it began
  taken_back,   // a read of what a restore took, after its node had refreshed everything since
  uncommitted,  // a version was served that nobody had begun to commit, or that was rolled back
  lost,         // a node has passed an entry that was acknowledged, and has not applied it
};

[[nodiscard]] std::string_view to_string(Violation violation) noexcept;

struct Finding {
  Violation violation;
  std::string what;
  std::int64_t time = 0;
  std::int64_t version = 0;  // that was read; 0: it is of no read
};

// Holds what caches served against what their nodes had applied. Takes events in the order of time;
// they are of files that make sense by themselves (see File). Where a restore leaves it open in
// which log something happened, it finds nothing wrong: it accuses nobody wrongly.
class Checker {
 public:
  void take(const Event& event);

  // The first fifty.
  [[nodiscard]] const std::vector<Finding>& findings() const { return findings_; }
  [[nodiscard]] std::uint64_t count(Violation violation) const;
  [[nodiscard]] std::uint64_t found() const;
  [[nodiscard]] std::uint64_t reads() const { return reads_; }
  // Of reads those that a bound was known for.
  [[nodiscard]] std::uint64_t bounded_reads() const { return bounded_; }
  [[nodiscard]] std::uint64_t events(Kind kind) const;

 private:
  struct Change {
    std::string node;
    std::int64_t time = 0;
    std::int64_t entry = 0;  // 0: not known, or gone
    std::int64_t first = 0;
    std::int64_t last = 0;
    std::vector<std::string> keys;
    bool acknowledged = false;
    bool failed = false;
    bool served = false;
  };
  struct Bound {
    std::int64_t version = 0;
    std::int64_t entry = 0;
    Violation why = Violation::stale;
  };
  struct Served {
    std::int64_t version = 0;
    std::int64_t ended = 0;
  };
  struct Restored {
    std::int64_t began = 0;
    std::int64_t ended = 0;
    std::int64_t first = 0;
    std::int64_t last = 0;
  };
  // How a bound grows while a read is under way is of no concern to that.
  using History = std::vector<std::pair<std::int64_t, Bound>>;  // by time
  struct Node {
    std::int64_t began = 0;
    std::int64_t position = 0;
    std::int64_t base = -1;         // where it began to follow the log; -1: it has not said
    std::int64_t verified = -1;     // up to where it has lost nothing
    std::int64_t refreshed_at = 0;  // when it has last refreshed everything
    bool in_doubt = false;          // it has not noticed a restore yet
    std::unordered_map<std::string, std::int64_t> applied_key = {};  // the last entry that named it
    std::map<std::string, std::int64_t> applied_cache = {};          // … that named all of it
    std::unordered_map<std::string, History> bounds = {};
    std::unordered_map<std::string, std::vector<Served>> served = {};  // the last ones
  };

  void find(Violation violation, const Event& event, const std::string& what);
  void published(const Event& event);
  void failed(const Event& event);
  void acknowledged(const Event& event);
  void applied(const Event& event);
  void moved(const Event& event);
  // It has applied all through `entry`, says an event of this time.
  void reach(Node& node, std::int64_t entry, std::int64_t time, Violation why);
  void resynced(const Event& event);
  // What `change` says stands in the log.
  void enter(Change& change, const Event& event);
  void waited(const Event& event);
  void restored(const Event& event);
  // Reads that ended while it was under way may have met what it brought back.
  void acquit(const Restored& restore);
  void read(const Event& event);
  // Finds what a version must not be; null: nobody has begun to commit it.
  Change* committing(const Event& event);
  // What a read must not be older than; null: nothing is known.
  [[nodiscard]] static const Bound* bound_of(const Node& node, const Event& read);
  void check_order(const Event& event, Node& node);
  void check_lost(const Event& event, const std::string& name, const Node& node,
                  const Change& change);
  // From now on no read of its keys may be older; of `key` alone unless that is empty.
  static void raise(Node& node, std::int64_t time, const Change& change, Violation why,
                    std::string_view key = {});
  // Whether the node has applied `key` because of an entry from `entry` on.
  [[nodiscard]] static bool has_applied(const Node& node, const std::string& key,
                                        std::int64_t entry);
  // Null: it does not run, or it is not known in which log it stands.
  [[nodiscard]] Node* placed(const std::string& name);
  [[nodiscard]] bool is_gone(std::int64_t version) const;

  std::map<std::string, Node> nodes_;
  std::unordered_map<std::string, Change> changes_;  // by id
  std::map<std::int64_t, Change*> by_version_;       // by the last one
  std::map<std::int64_t, Change*> by_entry_;         // in the log as it is now
  std::vector<Restored> restores_;
  std::map<Violation, std::uint64_t> counts_;
  std::map<Kind, std::uint64_t> events_;
  std::vector<Finding> findings_;
  std::vector<Finding> untold_;  // beyond the first fifty, without words
  std::uint64_t reads_ = 0;
  std::uint64_t bounded_ = 0;
};

}  // namespace crier::history
