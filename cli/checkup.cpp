// SPDX-License-Identifier: MIT
#include "checkup.hpp"

#include <crier/admin/store.hpp>
#include <crier/error.hpp>

#include "facts.hpp"
#include "findings.hpp"
#include "health.hpp"
#include "wakeup_check.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <memory>
#include <utility>

namespace crier::cli {

namespace {

SetupCheck check_schema(const SchemaStatus& schema) {
  if (schema.state != SchemaState::current) {
    return setup_check("schema", SetupVerdict::wrong, schema.advice);
  }
  if (!schema.lost_parts.empty()) {
    return setup_check("schema", SetupVerdict::warning, schema.lost_parts);
  }
  return {"schema", SetupVerdict::ok,
          schema.version == 0 ? "another program's table, and no parts of crier's"
                              : "version " + std::to_string(schema.version) +
                                    ", which is this crier's, and no part is missing"};
}

// One check of all that was found, of which the first is told.
SetupCheck check_of(std::string check, SetupVerdict verdict, const std::vector<Finding>& findings) {
  SetupCheck made{std::move(check), verdict, findings.front().what, findings.front().next};
  if (made.mend.empty()) {
    made = setup_check(made.check, verdict, made.found);
  }
  if (findings.size() > 1) {
    made.found += " (and " + std::to_string(findings.size() - 1) + " more)";
    made.mend += (made.mend.empty() ? "" : "; ") + std::string("see all of them: crier status");
  }
  return made;
}

SetupCheck check_triggers(const SchemaStatus& schema) {
  std::vector<Finding> lost;
  for (const std::string& problem : schema.problems) {
    lost.push_back({"changes-not-told", problem});
  }
  return lost.empty() ? SetupCheck{"triggers", SetupVerdict::ok,
                                   "of those that sql-trigger has noted none is gone"}
                      : check_of("triggers", SetupVerdict::wrong, lost);
}

// What a judgement of the log and its nodes says of each of these.
void add_log_checks(const Facts& facts, const Findings& findings, std::vector<SetupCheck>& checks) {
  std::vector<Finding> log, nodes, leader, names;
  for (const Finding& finding : findings.problems) {
    if (finding.code == "no-leader") {
      leader.push_back(finding);
    } else if (!finding.node.empty()) {
      nodes.push_back(finding);
    } else if (finding.code != "changes-not-told") {
      log.push_back(finding);
    }
  }
  std::ranges::copy_if(findings.warnings, std::back_inserter(names),
                       [](const Finding& finding) { return finding.code == "namesakes"; });
  const auto add = [&](const char* check, SetupVerdict verdict, const std::vector<Finding>& found,
                       const std::string& well) {
    checks.push_back(found.empty() ? SetupCheck{check, SetupVerdict::ok, well}
                                   : check_of(check, verdict, found));
  };
  add("log", SetupVerdict::wrong, log, log_text(facts));
  const bool any_live =
      std::ranges::find(facts.nodes, NodeState::live, &NodeRecord::state) != facts.nodes.end();
  if (nodes.empty() && !any_live) {
    checks.push_back({"nodes", SetupVerdict::warning,
                      nodes_text(facts) + ": nobody hears of a change", "start a node"});
  } else {
    add("nodes", SetupVerdict::wrong, nodes, nodes_text(facts));
  }
  add("leader", SetupVerdict::wrong, leader, leader_text(facts));
  add("names", SetupVerdict::warning, names, "no two live nodes bear one name");
}

class Examination {
 public:
  explicit Examination(std::string url) : url_(std::move(url)), store_(open_store(url_)) {}

  Checkup run() {
    found_.could_look =
        attempt("database", [&] { connect(); }) && attempt("schema", [&] { look_at_schema(); });
    if (found_.could_look) {
      attempt("set-up", [&] { look_around(); });
      if (facts_.schema.state != SchemaState::missing) {
        attempt("wake-up", [&] { ring(); });
      }
      if (facts_.schema.state == SchemaState::current) {
        if (!is_reader_) {
          try_publishing();
        }
        attempt("log", [&] { look_at_log(); });
      }
    }
    return std::move(found_);
  }

 private:
  void add(SetupCheck check) { found_.checks.push_back(std::move(check)); }

  // What it throws is wrong. False if it did.
  bool attempt(const char* check, const std::function<void()>& look) {
    try {
      look();
      return true;
    } catch (const Error& error) {
      if (error.invalid_argument()) {
        throw;
      }
      add(setup_check(check, SetupVerdict::wrong, error.what()));
      return false;
    }
  }

  void connect() {
    connection_ = store_->connect(Access::read_only);
    add({"database", SetupVerdict::ok, store_->name()});
  }

  void look_at_schema() {
    facts_.schema = connection_->schema().status();
    add(check_schema(facts_.schema));
    if (facts_.schema.state == SchemaState::current) {
      add(check_triggers(facts_.schema));
    }
  }

  void look_around() {
    for (SetupCheck& check : connection_->schema().check_setup()) {
      // Who may not write here can't ring, which is no fault of the doorbell's.
      is_reader_ =
          is_reader_ || (check.check == "rights" && check.verdict == SetupVerdict::warning);
      add(std::move(check));
    }
  }

  void ring() {
    const std::unique_ptr<Store> other = open_store(url_);
    const std::unique_ptr<Connection> connected = other->connect(Access::read_only);
    SetupCheck check = measure_wakeup(store_->wakeup(), other->wakeup());
    if (check.verdict == SetupVerdict::wrong && is_reader_) {
      check.verdict = SetupVerdict::warning;
      check.mend = "try again as a user who may write: this one need not be able to ring";
    }
    add(std::move(check));
  }

  void try_publishing() {
    try {
      store_->connect(Access::read_write)->log().try_append();
      add({"publish", SetupVerdict::ok, "an entry was written, and undone"});
    } catch (const Error& error) {
      SetupCheck failed = setup_check("publish", SetupVerdict::wrong, error.what());
      if (error.retryable()) {
        failed.mend =
            "find who holds a transaction open there, and end it: nothing can be "
            "published meanwhile, and no node can beat";
      }
      add(std::move(failed));
    }
  }

  void look_at_log() {
    const Limits limits{.min_nodes = 0};  // that there is none yet is no more than a warning
    examine_log(*store_, *connection_, limits, facts_);
    add_log_checks(facts_, judge(facts_, limits), found_.checks);
  }

  const std::string url_;
  const std::unique_ptr<Store> store_;
  std::unique_ptr<Connection> connection_;
  Facts facts_;
  bool is_reader_ = false;
  Checkup found_;
};

}  // namespace

Checkup check_up(const std::string& url) { return Examination(url).run(); }

}  // namespace crier::cli
