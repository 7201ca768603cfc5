// SPDX-License-Identifier: MIT
#include "audit_run.hpp"

#include <crier/error.hpp>

#include "arguments.hpp"
#include "audit_compare.hpp"
#include "audit_report.hpp"
#include "audit_round.hpp"
#include "commands/commands.hpp"
#include "interrupt.hpp"
#include "nearest.hpp"
#include "node_print.hpp"
#include "printable.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <set>
#include <utility>

namespace crier::cli {

namespace {

using std::chrono::milliseconds;

constexpr int kInterrupted = 130;

// The operator's query, on a connection of its own that may only read.
class Query {
 public:
  Query(const Session& session, std::string sql, milliseconds deadline)
      : log_(session.open(Access::read_only)), sql_(std::move(sql)) {
    log_.connection->set_deadline(deadline);
    try {
      static_cast<void>(look_up({}));  // what is wrong with it is said before anything is written
    } catch (const Error& error) {
      if (error.retryable()) {
        throw;
      }
      throw usage_error(std::string("--against: ") + error.what());
    }
  }

  [[nodiscard]] Versions look_up(const std::vector<AuditRecord>& held) const {
    std::set<std::string> keys;
    for (const AuditRecord& record : held) {
      keys.insert(record.key);
    }
    return log_.connection->audit().look_up(sql_,
                                            std::vector<std::string>(keys.begin(), keys.end()));
  }

 private:
  const OpenLog log_;
  const std::string sql_;
};

class Audit {
 public:
  Audit(const Session& session, AuditOrder order)
      : session_(session), order_(std::move(order)), log_(session.open(Access::read_write)) {
    if (order_.query) {
      query_.emplace(session, *order_.query, order_.timeout);
    }
  }

  int run() {
    refuse_unknown_node();
    if (log_->is_umbracos()) {
      throw usage_error("Umbraco's servers read this table, and know no such request");
    }
    session_.interrupt.catch_signals();
    AuditRound first = ask(session_, log_, order_.request, order_.timeout);
    if (session_.interrupt.requested()) {
      return kInterrupted;
    }
    const auto begun = std::chrono::steady_clock::now();
    take(compare(first.held));
    report_.first = std::move(first);
    report_.first.held.clear();
    say_who_did_not_answer();
    if (const std::string nobody = why_nothing_was_compared(); !nobody.empty()) {
      print(session_, report_);
      session_.say(nobody);
      return kCouldNotLook;
    }
    for (const milliseconds after : order_.again) {
      if (report_.different.empty()) {
        break;
      }
      const auto left = begun + after - std::chrono::steady_clock::now();
      if (session_.interrupt.wait_for(
              std::max(milliseconds(0), std::chrono::ceil<milliseconds>(left)))) {
        return kInterrupted;
      }
      look_again();
      if (session_.interrupt.requested()) {
        return kInterrupted;
      }
      report_.looks.push_back({after, report_.different.size()});
    }
    print(session_, report_);
    if (!report_.different.empty()) {
      return kNotSo;
    }
    return report_.first.silent.empty() ? 0 : kCouldNotLook;
  }

 private:
  // Before anything is written: whoever may not see the nodes can't wait for them.
  void refuse_unknown_node() {
    std::vector<std::string> known;
    for (const NodeRecord& node : log_.connection->nodes().list()) {
      known.push_back(node.name);
    }
    if (!order_.request.node.empty() && std::ranges::count(known, order_.request.node) == 0) {
      throw usage_error("no node of the name " + in_quotes(order_.request.node) + " is remembered" +
                        did_you_mean(order_.request.node, known));
    }
  }

  static std::string did_you_mean(const std::string& word, const std::vector<std::string>& known) {
    const std::optional<std::string> meant = nearest(word, known);
    return meant ? "; did you mean " + in_quotes(*meant) + "?" : "";
  }

  [[nodiscard]] AuditComparison compare(const std::vector<AuditRecord>& held) const {
    if (!query_) {
      return cli::compare(held, nullptr);
    }
    const Versions expected = query_->look_up(held);
    return cli::compare(held, &expected);
  }

  void take(AuditComparison comparison) {
    report_.sampled = comparison.sampled;
    report_.compared = comparison.compared;
    report_.different = std::move(comparison.different);
    report_.looks = {{milliseconds(0), report_.different.size()}};
  }

  // Asks for what differs alone.
  void look_again() {
    std::vector<Disagreement> before = std::exchange(report_.different, {});
    // More than so many can't be asked for, and stay what they are.
    const std::size_t count = std::min(before.size(), AuditRequest::kMostKeys);
    std::move(before.begin() + static_cast<std::ptrdiff_t>(count), before.end(),
              std::back_inserter(report_.different));
    before.resize(count);
    AuditRequest request = order_.request;
    std::set<AuditedKey> asked;
    for (const Disagreement& one : before) {
      request.hashes.push_back(request.hash_of(one.key.cache, one.key.key));
      asked.insert(one.key);
    }
    AuditRound round = ask(session_, log_, request, order_.timeout);
    std::erase_if(round.held, [&](const AuditRecord& record) {
      return !asked.contains({record.cache, record.key});
    });
    AuditComparison now = compare(round.held);
    for (Disagreement& one : before) {
      const auto is_it = [&](const Disagreement& other) { return other.key == one.key; };
      if (std::ranges::none_of(now.different, is_it) && is_unsure(one, round)) {
        report_.different.push_back(std::move(one));
      }
    }
    std::ranges::move(now.different, std::back_inserter(report_.different));
  }

  // Whether a node that held it lives and says nothing now.
  static bool is_unsure(const Disagreement& one, const AuditRound& round) {
    const auto holds = [&](const NodeRecord& node) {
      return node.state != NodeState::stopped &&
             std::ranges::count(one.held, node.incarnation, &AuditRecord::incarnation) != 0;
    };
    return std::ranges::any_of(round.silent, holds) || std::ranges::any_of(round.passed, holds);
  }

  void say_who_did_not_answer() const {
    for (const NodeRecord& node : report_.first.silent) {
      session_.say("node " + who(node) + " has not answered: it is " +
                   std::string(to_string(node.state)) + ", at entry " + node.position.to_string());
    }
    for (const NodeRecord& node : report_.first.passed) {
      session_.say("node " + who(node) +
                   " has passed the request without an answer: it runs an earlier crier, had too "
                   "much to read, or could not write one (see crier status)");
    }
    for (const AnsweringNode& node : report_.first.answered) {
      if (node.caches.empty()) {
        session_.say("node " + printable(node.name, 255) +
                     " audits no cache: its program sets no Options::audit");
      }
    }
  }

  // Empty: something was.
  [[nodiscard]] std::string why_nothing_was_compared() const {
    if (report_.first.answered.empty()) {
      return "no live node has answered: there is nothing to compare";
    }
    std::set<std::string> caches;
    for (const AnsweringNode& node : report_.first.answered) {
      caches.insert(node.caches.begin(), node.caches.end());
    }
    if (caches.empty()) {
      return "no node audits a cache: see Options::audit";
    }
    if (!order_.request.cache.empty() && !caches.contains(order_.request.cache)) {
      return "no node audits a cache of the name " + in_quotes(order_.request.cache) +
             did_you_mean(order_.request.cache, {caches.begin(), caches.end()});
    }
    if (report_.compared == 0) {
      return report_.sampled == 0 ? "the caches hold nothing that can be compared"
                                  : "no two nodes hold the same key: compare with a query "
                                    "(--against), or more keys (--keys)";
    }
    const bool is_none_given =
        query_ && std::ranges::all_of(report_.different, [](const Disagreement& one) {
          return one.expected->empty();
        });
    return is_none_given && report_.different.size() == report_.compared
               ? "the query gives none of the keys that the nodes hold, such as " +
                     in_quotes(report_.different.front().key.key, 80) +
                     ": its first column is to be the key as crier has it"
               : "";
  }

  const Session& session_;
  const AuditOrder order_;
  const OpenLog log_;
  std::optional<Query> query_;
  AuditReport report_;
};

}  // namespace

int run_audit(const Session& session, AuditOrder order) {
  try {
    return Audit(session, std::move(order)).run();
  } catch (const Error& error) {
    if (error.invalid_argument()) {
      throw;
    }
    session.say(std::string("could not look: ") + error.what());
    return kCouldNotLook;
  }
}

}  // namespace crier::cli
