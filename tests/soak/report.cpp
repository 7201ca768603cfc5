// SPDX-License-Identifier: MIT
#include "soak/report.hpp"

#include <numeric>
#include <ostream>

namespace crier::soak {

namespace {

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

void print(std::ostream& out, const char* what, const std::set<std::string>& which) {
  for (const std::string& one : which) {
    out << what << ": " << one << '\n';
  }
}

}  // namespace

std::uint64_t sum(const Counts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0},
                         [](std::uint64_t all, const auto& one) { return all + one.second; });
}

std::uint64_t Verdict::wrong() const {
  return misread + stale.size() + died.size() + absent.size() + (sum(acknowledged) == 0 ? 1 : 0);
}

bool Verdict::good() const { return lost == 0 && wrong() == 0 && stuck.empty(); }

void print(std::ostream& out, const Verdict& verdict) {
  out << "acknowledged  ";
  print(out, verdict.acknowledged);
  out << "events        ";
  print(out, verdict.told);
  out << "strikes       ";
  print(out, verdict.strikes);
  out << "restarts      " << verdict.restarts << '\n';
  out << "applied       " << verdict.applied << '\n';
  out << "reads         " << verdict.reads << ", of them bounded " << verdict.bounded_reads << '\n';
  for (const std::string& what : verdict.findings) {
    out << what << '\n';
  }
  print(out, "stale in the end", verdict.stale);
  print(out, "stuck", verdict.stuck);
  print(out, "ended by itself", verdict.died);
  print(out, "never came to be", verdict.absent);
  if (sum(verdict.acknowledged) == 0) {
    out << "nothing was acknowledged\n";
  }
  out << "lost " << verdict.lost << ", stuck " << verdict.stuck.size() << ", wrong "
      << verdict.wrong() << '\n';
}

}  // namespace crier::soak
