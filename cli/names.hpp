// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/history.hpp>
#include <crier/admin/store.hpp>
#include <crier/guid.hpp>

#include "name_cut.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace crier::cli {

// What people call refreshers and nodes, as the nodes of the log have said. Empty if they can't be
// read, as by a role that may only publish, or nobody has said anything: then GUIDs stand for
// themselves. One thread at a time.
class Names {
 public:
  Names() = default;
  [[nodiscard]] static Names read(Connection& connection);
  // The same of what was read already.
  Names(std::vector<RefresherRecord> refreshers, const std::vector<NodeRecord>& nodes,
        const std::vector<EventRecord>& joined);

  // "ProductRefresher"; the GUID if nobody has named it, or its name is another's, too.
  [[nodiscard]] std::string of(const Guid& refresher) const;
  // The name of the node that wrote an entry; empty if it is not known.
  [[nodiscard]] std::string node_of(std::string_view originated) const;
  // A node's name as node_of() gives it, in at most so many columns: cut where those of the nodes
  // that are known differ.
  [[nodiscard]] std::string cut_node(const std::string& name, std::size_t columns) const;
  // What `text` means: a GUID, or the name of one refresher, in any case. Throws a usage error that
  // names the argument `option` if it is neither, or the name of several; a crier::Error if it is
  // no GUID, and the names could not be read.
  [[nodiscard]] Guid resolve(std::string_view option, std::string_view text) const;
  // Whether a node that has not stopped (one of the name `node`, unless that is empty) takes
  // instructions for it; nothing if that can't be told.
  [[nodiscard]] std::optional<bool> is_taken(const Guid& refresher,
                                             std::string_view node = {}) const;
  // The refresher that a GUID was probably meant to be, of nodes that have not stopped: its name
  // and GUID; nothing if none comes near.
  [[nodiscard]] std::optional<std::string> nearest_to(const Guid& refresher) const;

 private:
  [[nodiscard]] std::vector<std::string> all() const;

  std::vector<RefresherRecord> refreshers_;
  std::map<Guid, std::string> names_;               // no name stands twice
  std::map<std::string, Guid, std::less<>> guids_;  // by the name in lower case
  std::map<Guid, std::string> nodes_;               // by incarnation
  mutable std::map<std::size_t, NameCut> cuts_;     // of those, by columns
  std::string unread_;                              // why they could not be read; empty: they were
  bool all_declared_ = false;  // every node that has not stopped has said what it has
};

// What may be offered to somebody who types the name of a refresher, or of a node: none that a
// terminal acts upon, or with the end of a line. Throws crier::Error.
[[nodiscard]] std::set<std::string> offered_refreshers(Connection& connection, const Names& names);
[[nodiscard]] std::set<std::string> offered_nodes(Connection& connection);

// The incarnation that an origin of crier's ends with; nothing in another one.
[[nodiscard]] std::optional<Guid> incarnation_in(std::string_view originated);
// `originated` without that, which says nothing to people.
[[nodiscard]] std::string_view without_incarnation(std::string_view originated);

}  // namespace crier::cli
