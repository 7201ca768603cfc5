// SPDX-License-Identifier: MIT
#include "soak/report.hpp"

#include <iomanip>
#include <numeric>
#include <ostream>

namespace crier::soak {

namespace {

using Counts = std::map<std::string, std::uint64_t>;

std::uint64_t sum(const Counts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0},
                         [](std::uint64_t all, const auto& one) { return all + one.second; });
}

// "12 (plain 7, sql 5)"
void print(std::ostream& out, const Counts& counts) {
  out << sum(counts);
  const char* before = " (";
  for (const auto& [name, count] : counts) {
    out << before << name << ' ' << count;
    before = ", ";
  }
  out << (counts.empty() ? "\n" : ")\n");
}

std::uint64_t told(const Share& share, std::string_view beginning) {
  std::uint64_t all = 0;
  for (const auto& [words, count] : share.told) {
    all += words.starts_with(beginning) ? count : 0;
  }
  return all;
}

}  // namespace

std::uint64_t Verdict::acknowledged() const { return sum(ledger.acknowledged); }

std::uint64_t Verdict::wrong() const {
  std::uint64_t all = 0;
  for (const auto& [violation, count] : ledger.violations) {
    all += count;
  }
  return all - ledger.lost() + died.size() + absent.size() + (acknowledged() == 0 ? 1 : 0);
}

bool Verdict::good() const { return ledger.lost() == 0 && wrong() == 0 && stuck.empty(); }

void print(std::ostream& out, const Verdict& verdict) {
  out << "acknowledged  ";
  print(out, verdict.ledger.acknowledged);
  out << "in the log    " << verdict.ledger.entries << " entries\n";
  out << "node            applied  superseded  coalesced  retried  quarantined  resyncs\n";
  Counts events;
  for (const auto& [name, share] : verdict.ledger.nodes) {
    out << std::left << std::setw(12) << name << std::right << std::setw(11) << share.applied
        << std::setw(12) << share.superseded << std::setw(11) << share.coalesced << std::setw(9)
        << told(share, "retried") << std::setw(13) << told(share, "quarantined") << std::setw(9)
        << told(share, "resync") << '\n';
    for (const auto& [words, count] : share.told) {
      events[words] += count;
    }
  }
  out << "events        ";
  print(out, events);
  out << "strikes       ";
  print(out, verdict.strikes);
  out << "restarts      " << verdict.restarts << '\n';
  for (const Finding& finding : verdict.findings) {
    out << to_string(finding.violation) << ": " << finding.what << '\n';
  }
  for (const std::string& which : verdict.stuck) {
    out << "stuck: " << which << '\n';
  }
  for (const std::string& which : verdict.died) {
    out << "ended by itself: " << which << '\n';
  }
  for (const std::string& which : verdict.absent) {
    out << "never came to be: " << which << '\n';
  }
  if (verdict.acknowledged() == 0) {
    out << "nothing was acknowledged\n";
  }
  out << "lost " << verdict.ledger.lost() << ", stuck " << verdict.stuck.size() << ", wrong "
      << verdict.wrong() << '\n';
}

}  // namespace crier::soak
