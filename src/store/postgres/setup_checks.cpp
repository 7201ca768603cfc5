// SPDX-License-Identifier: MIT
#include "store/postgres/setup_checks.hpp"

#include "base/duration.hpp"
#include "base/quoting.hpp"

#include <cstddef>
#include <cstdlib>
#include <vector>

namespace crier::postgres {
namespace {

// Times in the log and in the tool's output are compared by people, and a skew of seconds misleads.
constexpr std::chrono::milliseconds kMostSkew{5000};

// "read, publish and prune"
std::string in_words(const std::vector<std::string>& words, const char* last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == words.size() ? last : ", ") + words[i];
  }
  return text;
}

}  // namespace

SetupCheck judge_server(std::string_view version, bool is_standby) {
  SetupCheck check{"server", SetupVerdict::ok, "PostgreSQL " + std::string(version)};
  if (is_standby) {
    check.verdict = SetupVerdict::warning;
    check.found += ", a standby: what it is asked to publish it refuses, and it can't wake nodes";
    check.mend = "name the primary in the store URL, if this is to be more than a reader's";
  }
  return check;
}

SetupCheck judge_pooler(bool pooled, bool listens_elsewhere) {
  if (!pooled) {
    return {"pooler", SetupVerdict::ok, "none that gives each transaction another session"};
  }
  if (listens_elsewhere) {
    return {"pooler", SetupVerdict::ok,
            "one that gives each transaction another session; wake-ups go past it (listen)"};
  }
  return {"pooler", SetupVerdict::warning,
          "one that gives each transaction another session, so that wake-ups have no way",
          "say in the store URL where the server itself is: &listen=HOST:PORT"};
}

SetupCheck judge_clock(std::chrono::milliseconds ahead, std::chrono::milliseconds round_trip) {
  const std::chrono::milliseconds skew(std::abs(ahead.count()));
  if (skew <= kMostSkew + round_trip / 2) {
    return {"clock", SetupVerdict::ok,
            "this machine's and the server's are " + rough_duration(skew) + " apart"};
  }
  return {"clock", SetupVerdict::warning,
          "the server's clock is " + rough_duration(skew) +
              (ahead.count() > 0 ? " ahead of" : " behind") + " this machine's",
          "set both by NTP, as with: timedatectl set-ntp true"};
}

SetupCheck judge_rights(const RightsFound& rights) {
  std::vector<std::string> may, may_not;
  const auto sort = [&](bool is_given, const char* what) {
    (is_given ? may : may_not).emplace_back(what);
  };
  sort(rights.reads, "read");
  sort(rights.publishes, "publish");
  sort(rights.is_node, "prune");
  sort(rights.migrates, "migrate");
  SetupCheck check{"rights", SetupVerdict::ok,
                   "the role " + rights.role + " may " + in_words(may, " and ") +
                       (may.empty() || may_not.empty() ? "" : ", and ") +
                       (may_not.empty() ? "" : "not " + in_words(may_not, " or "))};
  // Whoever migrates is to be another role than the nodes'.
  if (!rights.reads || !rights.publishes || !rights.is_node) {
    check.verdict = SetupVerdict::warning;
    check.mend = "if it is to be a node's, this prints what it lacks: crier grants --role " +
                 shell_word(rights.role + "=node");
  }
  return check;
}

}  // namespace crier::postgres
