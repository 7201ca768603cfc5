// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>

#include "json.hpp"
#include "print.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crier::cli {

// "web-1 (vm-3, pid 17)"
[[nodiscard]] std::string who(const NodeRecord& node);
// "crier nodes --forget web-1", fit for a shell.
[[nodiscard]] std::string forget_command(const std::string& name);
// "crier resume web-1", in the same way.
[[nodiscard]] std::string resume_command(const std::string& name);
// It is live, and an operator has it read no further.
[[nodiscard]] bool is_paused(const NodeRecord& node);
// "paused by alice@ops-1 for 8 m 3 s more"
[[nodiscard]] std::string pause_text(const NodeRecord& node);
// When its pause ends, by this machine's clock; in local time unless `utc`.
[[nodiscard]] std::string pause_end_text(const NodeRecord& node, bool utc);
// What a node that is paused says of it: "it stands at entry 7".
[[nodiscard]] std::string stand_text(const NodeRecord& node);
// "5 m 12 s ago: entry 7: ..."; empty if the node has had no error.
[[nodiscard]] std::string last_error_text(const NodeRecord& node);
// One of its troubles.
[[nodiscard]] std::string trouble_text(std::string_view trouble);
// How many live nodes bear `name`.
[[nodiscard]] std::size_t live_bearers(std::span<const NodeRecord> nodes, const std::string& name);

// A head, a line for each node, and beneath it what there is to say of the node: its troubles, and
// its last error. It fits a terminal unless `wide`, which shows all there is.
[[nodiscard]] std::vector<std::string> node_lines(std::span<const NodeRecord> nodes,
                                                  const Paint& paint, bool wide = false);
// {"name":"web-1","incarnation":"<guid>",...}
[[nodiscard]] Json node_json(const NodeRecord& node);
// [{...},{...}]
[[nodiscard]] Json nodes_json(std::span<const NodeRecord> nodes);

}  // namespace crier::cli
