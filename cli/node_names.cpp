// SPDX-License-Identifier: MIT
#include "node_names.hpp"

#include "arguments.hpp"
#include "nearest.hpp"
#include "printable.hpp"

#include <optional>
#include <vector>

namespace crier::cli {

void refuse_unknown_node(const std::string& name, std::span<const NodeRecord> nodes) {
  if (name.empty()) {
    throw usage_error("the node's name is empty");
  }
  std::vector<std::string> known;
  for (const NodeRecord& node : nodes) {
    if (node.name == name) {
      return;
    }
    known.push_back(node.name);
  }
  const std::optional<std::string> meant = nearest(name, known);
  throw usage_error("no node of the name " + in_quotes(name) + " is remembered" +
                    (meant ? "; did you mean " + in_quotes(*meant) + "?" : "; see crier nodes"));
}

}  // namespace crier::cli
