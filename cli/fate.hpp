// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/failures.hpp>
#include <crier/admin/history.hpp>
#include <crier/admin/store.hpp>
#include <crier/guid.hpp>
#include <crier/node_record.hpp>

#include "key.hpp"
#include "supersedings.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace crier::cli {

// What became of an entry on a node.
enum class Fate : std::uint8_t {
  applied,       // it was run, or a full refresh of its refresher stood for it
  given_up,      // it stands in the quarantine
  superseded,    // a full refresh stood for it, whether or not it was run before
  before_start,  // the node began at it or after it
  no_refresher,  // the node has no such refresher
  not_asked,     // a request to other nodes
  paused,        // an operator has the node read no further, and it had not handled it before
  not_yet,       // when the node last told how far it is, it had not handled it
  not_known,
};

// The same of one start of a node.
struct NodeFate {
  std::string node;
  Guid incarnation;
  NodeState state = NodeState::live;
  Fate fate = Fate::not_known;
  bool is_writer = false;  // it has published the entry
  // The beats with which it told that it had not handled the entry, the last of them, and that it
  // had, the first: since 1970, by the database's clock. Nothing: not known.
  std::optional<std::chrono::milliseconds> after = {}, by = {};
  std::optional<std::int64_t> failure = {};  // in the quarantine
  std::string detail = {};                   // what else there is to say, for people
};

// What nodes have told, by which the fate of entries is judged. What they have not told is not
// known: nothing is guessed.
class Fates {
 public:
  // What is told of `entries`. Times in details are local unless `utc`. Throws crier::Error.
  Fates(Connection& connection, const std::vector<EntryId>& entries, const Guid& refresher,
        bool utc);

  // By name, then oldest first: of every start that is remembered.
  [[nodiscard]] std::vector<NodeFate> of(const Concerned& concerned) const;
  [[nodiscard]] const std::vector<NodeRecord>& nodes() const { return nodes_; }

 private:
  [[nodiscard]] NodeFate fate_on(const NodeRecord& node, const Concerned& concerned) const;
  // Nothing if the node has handled it in no way that is known by now.
  [[nodiscard]] bool judge_handled(const Passage& passage, const Concerned& concerned,
                                   NodeFate& fate) const;
  void judge_open(const NodeRecord& node, const Passage& passage, const Concerned& concerned,
                  NodeFate& fate) const;
  [[nodiscard]] bool judge_failure(const Passage& passage, const Concerned& concerned,
                                   NodeFate& fate) const;
  // Whether it has said that it has the refresher, or that it hasn't.
  [[nodiscard]] std::optional<bool> has_refresher(const NodeRecord& node) const;
  [[nodiscard]] std::string time(std::chrono::milliseconds since_1970) const;

  const Guid refresher_;
  const bool utc_;
  std::map<EntryId, std::vector<Passage>> passages_;
  std::vector<NodeRecord> nodes_;
  std::vector<Superseding> supersedings_;
  std::vector<FailureRecord> failures_;
  std::vector<RefresherRecord> refreshers_;
};

}  // namespace crier::cli
