// SPDX-License-Identifier: MIT
#include "store/sql/node_row.hpp"

#include "base/utc_stamp.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <optional>
#include <sstream>

namespace crier::sql {
namespace {

std::vector<std::string> split(const std::string& lines) {
  std::vector<std::string> sentences;
  std::istringstream text(lines);
  for (std::string line; std::getline(text, line);) {
    sentences.push_back(line);
  }
  return sentences;
}

}  // namespace

std::string joined(const std::vector<std::string>& sentences) {
  std::string lines;
  for (const std::string& sentence : sentences) {
    lines += lines.empty() ? "" : "\n";
    std::replace_copy(sentence.begin(), sentence.end(), std::back_inserter(lines), '\n', ' ');
  }
  return lines;
}

NodeRecord node_of(const Rows& row) {
  const auto text = [&](int column) { return std::string(row.text(column)); };
  const auto number = [&](int column) { return row.integer(column); };
  const auto count = [&](int column) { return static_cast<std::uint64_t>(number(column)); };
  const auto flag = [&](int column) { return row.flag(column); };
  const auto age = [&](int column) { return std::chrono::milliseconds(number(column)); };

  NodeRecord node;
  node.name = text(0);
  node.incarnation = Guid::parse(text(1)).value_or(Guid());
  node.host = text(2);
  node.application = text(3);
  node.version = text(4);
  node.pid = number(5);
  node.interval = age(6);
  node.role = static_cast<Role>(number(7));
  node.position = {number(8)};
  node.durable = flag(9);
  node.poller_alive = flag(10);
  node.last_error = text(11);
  node.applied = count(12);
  node.failed = count(13);
  node.resyncs = count(14);
  if (flag(15)) {
    node.state = NodeState::stopped;
  } else {
    node.state = flag(16) ? NodeState::live : NodeState::stale;
  }
  node.beat_age = age(17);
  node.uptime = age(18);
  node.error_age = age(19);
  node.lag = number(20);
  node.proof_age = age(21);
  node.canary = {number(22)};
  node.troubles = split(text(23));
  node.quarantined = number(24);
  if (const auto written = row.is_null(25) ? std::nullopt : parse_utc_stamp(row.text(25))) {
    node.behind = std::max(std::chrono::milliseconds(0), age(26) - *written);
  }
  node.paused_for = age(27);
  node.paused_by = text(28);
  node.stands = node.state != NodeState::stopped && flag(29);
  return node;
}

}  // namespace crier::sql
