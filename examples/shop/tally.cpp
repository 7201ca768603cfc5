// SPDX-License-Identifier: MIT
#include "tally.hpp"

#include <algorithm>
#include <iomanip>
#include <ostream>
#include <sstream>
#include <vector>

namespace shop {
namespace {

// The smallest value that `percent` of the sorted values do not exceed, in ms.
std::string percentile(const std::vector<std::int64_t>& sorted, std::size_t percent) {
  if (sorted.empty()) {
    return "-";
  }
  const std::size_t rank = (sorted.size() * percent + 99) / 100;
  std::ostringstream text;
  text << std::fixed << std::setprecision(2) << static_cast<double>(sorted[rank - 1]) / 1e6
       << " ms";
  return text.str();
}

}  // namespace

void Tally::take(const std::string& process, const std::string& fact) {
  std::istringstream words(fact);
  std::string kind;
  std::int64_t entry = 0;
  words >> kind;
  if (kind == "ready") {
    ++ready_;
    nodes_[process];
  } else if (kind == "published") {
    Published published;
    words >> entry >> published.changes >> published.at;
    published_[entry] = published;
  } else if (kind == "applied") {
    // An entry is applied with the last of its instructions.
    words >> entry >> nodes_[process].applied[entry];
  } else if (kind == "resync") {
    words >> nodes_[process].superseded;
  } else if (kind == "failed") {
    ++nodes_[process].failed;
  } else if (kind == "audited") {
    ++audited_;
    Node& node = nodes_[process];
    words >> node.prices >> node.pages >> node.stale;
  }
}

std::int64_t Tally::last_entry() const {
  return published_.empty() ? 0 : published_.rbegin()->first;
}

std::size_t Tally::missed(const Node& node) const {
  return static_cast<std::size_t>(std::ranges::count_if(published_, [&](const auto& published) {
    return published.first > node.superseded && !node.applied.contains(published.first);
  }));
}

bool Tally::all_well() const {
  return !published_.empty() && std::ranges::all_of(nodes_, [&](const auto& named) {
    const Node& node = named.second;
    return missed(node) == 0 && node.failed == 0 && node.prices > 0 && node.pages > 0 &&
           node.stale == 0;
  });
}

void Tally::print(std::ostream& out) const {
  std::int64_t changes = 0;
  for (const auto& [entry, published] : published_) {
    changes += published.changes;
  }
  out << "\nentries published: " << published_.size() << ", with " << changes
      << " changed prices\n\n"
      << "          applied  missed       p50       p99       max  prices  pages  stale\n";
  for (const auto& [name, node] : nodes_) {
    std::vector<std::int64_t> latencies;
    for (const auto& [entry, at] : node.applied) {
      if (const auto found = published_.find(entry); found != published_.end()) {
        latencies.push_back(at - found->second.at);
      }
    }
    std::ranges::sort(latencies);
    out << std::left << std::setw(10) << name << std::right << std::setw(7) << latencies.size()
        << std::setw(8) << missed(node) << std::setw(10) << percentile(latencies, 50)
        << std::setw(10) << percentile(latencies, 99) << std::setw(10) << percentile(latencies, 100)
        << std::setw(8) << node.prices << std::setw(7) << node.pages << std::setw(7) << node.stale
        << '\n';
  }
  out << '\n';
}

}  // namespace shop
