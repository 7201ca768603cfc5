// SPDX-License-Identifier: MIT
#include "names.hpp"

#include <crier/entry.hpp>
#include <crier/error.hpp>

#include "arguments.hpp"
#include "base/ascii.hpp"
#include "nearest.hpp"
#include "printable.hpp"
#include "table.hpp"

#include <algorithm>
#include <utility>

namespace crier::cli {

namespace {

constexpr std::size_t kNameBytes = 255;  // at most

bool is_named(const RefresherRecord& one) { return !one.refresher.empty() && !one.name.empty(); }

bool may_be_offered(const std::string& name) { return !name.empty() && printable(name) == name; }

}  // namespace

std::optional<Guid> incarnation_in(std::string_view originated) {
  const std::size_t end = originated.rfind("] ");
  if (end == originated.npos) {
    return std::nullopt;
  }
  std::string_view incarnation = originated.substr(end + 2);
  // Behind a slash: the number of a write inside a transaction.
  incarnation = incarnation.substr(0, incarnation.find('/'));
  return incarnation.size() == 32 ? Guid::parse(incarnation) : std::nullopt;
}

std::string_view without_incarnation(std::string_view originated) {
  return incarnation_in(originated) ? originated.substr(0, originated.rfind("] ") + 1) : originated;
}

Names Names::read(Connection& connection) {
  try {
    return {
        connection.history().refreshers(), connection.nodes().list(),
        connection.history().events({.node = {}, .kind = "joined", .limit = History::kMaxEvents})};
  } catch (const Error& error) {
    Names none;
    none.unread_ = error.what();
    return none;
  }
}

Names::Names(std::vector<RefresherRecord> refreshers, const std::vector<NodeRecord>& nodes,
             const std::vector<EventRecord>& joined)
    : refreshers_(std::move(refreshers)) {
  std::map<std::string, std::set<Guid>, std::less<>> bearers;
  for (const RefresherRecord& one : refreshers_) {
    if (is_named(one)) {
      bearers[in_lower_case(one.name)].insert(one.refresher);
      names_.emplace(one.refresher, one.name);
    }
  }
  for (const auto& [name, guids] : bearers) {
    if (guids.size() == 1) {
      guids_.emplace(name, *guids.begin());
    }
  }
  std::erase_if(names_,
                [&](const auto& named) { return !guids_.contains(in_lower_case(named.second)); });
  for (const EventRecord& event : joined) {
    nodes_.insert_or_assign(event.incarnation, event.node);
  }
  for (const NodeRecord& node : nodes) {
    nodes_.insert_or_assign(node.incarnation, node.name);
  }
  std::set<Guid> declared;
  for (const RefresherRecord& one : refreshers_) {
    declared.insert(one.incarnation);
  }
  all_declared_ = !declared.empty() && std::ranges::all_of(nodes, [&](const NodeRecord& node) {
    return node.state == NodeState::stopped || declared.contains(node.incarnation);
  });
}

std::string Names::of(const Guid& refresher) const {
  const auto found = names_.find(refresher);
  return found == names_.end() ? refresher.to_string() : printable(found->second, kNameBytes);
}

std::string Names::node_of(std::string_view originated) const {
  const std::optional<Guid> incarnation = incarnation_in(originated);
  const auto found = incarnation ? nodes_.find(*incarnation) : nodes_.end();
  return found == nodes_.end() ? "" : printable(found->second, kNameBytes);
}

std::string Names::cut_node(const std::string& name, std::size_t columns) const {
  if (columns_of(name) <= columns) {
    return name;
  }
  auto found = cuts_.find(columns);
  if (found == cuts_.end()) {  // to find the place takes longer than all that is said of an entry
    std::vector<std::string> names;
    for (const auto& [incarnation, other] : nodes_) {
      names.push_back(printable(other, kNameBytes));
    }
    found = cuts_.emplace(columns, NameCut(std::move(names), columns)).first;
  }
  return found->second(name);
}

Guid Names::resolve(std::string_view option, std::string_view text) const {
  if (const std::optional<Guid> guid = Guid::parse(text)) {
    return *guid;
  }
  if (const auto found = guids_.find(in_lower_case(text)); found != guids_.end()) {
    return found->second;
  }
  std::set<std::string> same;
  for (const RefresherRecord& one : refreshers_) {
    if (is_named(one) && in_lower_case(one.name) == in_lower_case(text)) {
      same.insert(one.refresher.to_string());
    }
  }
  const std::string who = std::string(option) + ": " + argument_text(text);
  if (!unread_.empty()) {
    throw Error("read", who + " is no GUID, and what nodes call their refreshers can't be read: " +
                            unread_ + "; or give the GUID");
  }
  if (!same.empty()) {
    std::string guids;
    for (const std::string& guid : same) {
      guids += (guids.empty() ? "" : " and ") + guid;
    }
    throw usage_error(who + " is the name of " + guids + ": give the GUID");
  }
  const std::optional<std::string> meant = nearest(text, all());
  throw usage_error(who +
                    " is no refresher that a node has, and not a GUID such as "
                    "7c9e6679-7425-40de-944b-e07fc1f90ae7" +
                    (meant ? "; did you mean " + *meant + "?" : "; see crier refreshers"));
}

std::optional<bool> Names::is_taken(const Guid& refresher, std::string_view node) const {
  const auto counts = [node](const RefresherRecord& one) {
    return one.state != NodeState::stopped && (node.empty() || one.node == node);
  };
  const bool taken = std::ranges::any_of(refreshers_, [&](const RefresherRecord& one) {
    // An empty one is a fallback, which takes all.
    return counts(one) && (one.refresher == refresher || one.refresher.empty());
  });
  const bool anybody = std::ranges::any_of(refreshers_, counts);
  if (taken) {
    return true;
  }
  return anybody && all_declared_ ? std::optional(false) : std::nullopt;
}

std::optional<std::string> Names::nearest_to(const Guid& refresher) const {
  std::vector<std::string> guids;
  for (const RefresherRecord& one : refreshers_) {
    if (one.state != NodeState::stopped && !one.refresher.empty()) {
      guids.push_back(one.refresher.to_string());
    }
  }
  const std::optional<std::string> meant = nearest(refresher.to_string(), guids);
  if (!meant) {
    return std::nullopt;
  }
  const std::string name = of(Guid::parse(*meant).value());
  return name == *meant ? name : name + " (" + *meant + ")";
}

std::vector<std::string> Names::all() const {
  std::vector<std::string> names;
  for (const auto& [guid, name] : names_) {
    names.push_back(name);
  }
  return names;
}

std::set<std::string> offered_refreshers(Connection& connection, const Names& names) {
  std::set<std::string> offered;
  for (const RefresherRecord& one : connection.history().refreshers()) {
    if (is_named(one) && may_be_offered(one.name)) {
      offered.insert(names.of(one.refresher));
    }
  }
  return offered;
}

std::set<std::string> offered_nodes(Connection& connection) {
  std::set<std::string> offered;
  for (const NodeRecord& one : connection.nodes().list()) {
    if (may_be_offered(one.name)) {
      offered.insert(one.name);
    }
  }
  return offered;
}

}  // namespace crier::cli
