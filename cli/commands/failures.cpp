// SPDX-License-Identifier: MIT
#include <crier/admin/failures.hpp>
#include <crier/codec.hpp>

#include "action_note.hpp"
#include "arguments.hpp"
#include "base/secrets.hpp"
#include "commands/commands.hpp"
#include "failure_print.hpp"
#include "json.hpp"
#include "offer.hpp"
#include "retries.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crier::cli {

namespace {

struct FailuresOptions {
  std::vector<std::string> retry;
  std::vector<std::string> dismiss;
  bool wait = false;
  std::string timeout = "30s";
  bool utc = false;
  bool wide = false;
};

Json failure_json(const FailureRecord& failure) {
  const std::optional<Instruction> instruction = instruction_of(failure);
  return {{"id", failure.id},
          {"utcStamp", failure.utc_stamp},
          {"kind", to_string(failure.kind)},
          {"entry", or_null(failure.entry.value != 0, failure.entry.value)},
          {"index", failure.index},
          {"originated", failure.originated},
          {"refresher", or_null(!failure.refresher.empty(), failure.refresher.to_string())},
          {"name", or_null(!failure.name.empty(), failure.name)},
          {"node", failure.node},
          {"incarnation", failure.incarnation.to_string()},
          {"attempts", failure.attempts},
          {"error", without_secrets(failure.error)},
          {"instruction", instruction ? Json::parse(to_json(*instruction)) : Json()}};
}

void print(const Session& session, const std::vector<FailureRecord>& failures,
           const FailureLook& look) {
  if (!session.json) {
    for (const std::string& line : failure_lines(failures, session.paint, look)) {
      session.put(line);
    }
    return;
  }
  for (const FailureRecord& failure : failures) {
    session.put(line_of(failure_json(failure)));
  }
}

// Says what can't be done for one, and goes on with the next; the exit code.
int for_each(const Session& session, const std::vector<std::int64_t>& ids,
             const std::function<bool(std::int64_t)>& act) {
  int code = 0;
  for (const std::int64_t id : ids) {
    try {
      if (!act(id)) {
        session.say("there is no failure " + std::to_string(id) + " in the quarantine");
        code = 1;
      }
    } catch (const Error& error) {
      if (!error.invalid_argument()) {
        throw;
      }
      session.say(error.what());
      code = 1;
    }
  }
  return code;
}

bool dismiss(const Session& session, Connection& connection, std::int64_t id) {
  const std::optional<FailureRecord> failure = connection.failures().find(id);
  const bool found = connection.failures().dismiss(id);
  if (found) {
    note_action(session, connection, "dismissed failure " + std::to_string(id),
                failure ? failure->node : "");
    session.put(session.json ? line_of({{"dismissed", id}})
                             : "dismissed failure " + std::to_string(id));
  }
  return found;
}

// Each once, as first named; none where `named` is "all".
std::vector<std::int64_t> ids_of(std::string_view option, const std::vector<std::string>& named) {
  const auto all = std::ranges::count(named, "all");
  if (all == std::ssize(named)) {
    return {};
  }
  if (all != 0) {
    throw usage_error(std::string(option) + ": give ids, or all, not both");
  }
  std::vector<std::int64_t> ids;
  for (const std::string& text : named) {
    const std::int64_t id = parse_id(option, text);
    if (std::ranges::find(ids, id) == ids.end()) {
      ids.push_back(id);
    }
  }
  return ids;
}

void check(const FailuresOptions& options) {
  if (!options.retry.empty() && !options.dismiss.empty()) {
    throw usage_error("give --retry or --dismiss, not both");
  }
  if (options.wait && options.retry.empty()) {
    throw usage_error("--wait waits for what --retry runs again: give both");
  }
}

// What is to be done with those of `ids`.
int act(Session& session, const OpenLog& log, const FailuresOptions& options,
        const std::vector<std::int64_t>& ids) {
  if (options.retry.empty()) {
    return for_each(session, ids,
                    [&](std::int64_t id) { return dismiss(session, *log.connection, id); });
  }
  Retries retries(session, log);
  const auto timeout = parse_duration("--timeout", options.timeout);
  const int code = for_each(session, ids, [&](std::int64_t id) { return retries.add(id); });
  retries.hurry();
  return options.wait && code == 0 ? retries.wait(timeout) : code;
}

int run_failures(Session& session, const FailuresOptions& options) {
  check(options);
  const bool retries = !options.retry.empty();
  const std::vector<std::string>& named = retries ? options.retry : options.dismiss;
  std::vector<std::int64_t> ids = ids_of(retries ? "--retry" : "--dismiss", named);
  const OpenLog log = session.open(named.empty() ? Access::read_only : Access::read_write);
  if (ids.empty()) {
    const std::vector<FailureRecord> failures = log.connection->failures().list();
    if (failures.empty()) {
      session.say("the quarantine is empty");
      return 0;
    }
    if (named.empty()) {
      print(session, failures, {options.utc, options.wide});
      return 0;
    }
    for (const FailureRecord& failure : failures) {
      ids.push_back(failure.id);
    }
  }
  return act(session, log, options, ids);
}

}  // namespace

Command add_failures(CLI::App& root) {
  CLI::App* app = root.add_subcommand(
      "failures", "Print the quarantine: what nodes have given up, oldest first");
  auto options = std::make_shared<FailuresOptions>();
  offer_words(app->add_option("--retry", options->retry,
                              "Append these, or all, as new entries, so that every node runs them "
                              "again, and take them out")
                  ->type_name("ID"),
              {"all"});
  app->add_flag(
      "--wait", options->wait,
      "After --retry: wait until the live nodes have run them, and say which failed again");
  app->add_option("--timeout", options->timeout,
                  "Wait at most so long, as in 200ms or 1m (default: 30s)")
      ->type_name("DURATION");
  offer_words(
      app->add_option("--dismiss", options->dismiss, "Take these, or all, out")->type_name("ID"),
      {"all"});
  app->add_flag("--utc", options->utc, "Times in UTC, not local");
  app->add_flag("--wide", options->wide, "Whole lines, however long");
  app->footer(
      "An instruction whose refresher keeps failing is given up by its node, which then refreshes\n"
      "everything of that refresher instead. One that could not be read can't be run again.\n"
      "A retry runs at once: a node whose full refresh has failed, and which waits before it\n"
      "tries that again, is asked to try it now. Exits 1 if one of the failures is not there,\n"
      "or can't be run again. With --wait it exits as crier wait does, and with 3 if one has\n"
      "failed again.\n"
      "\n"
      "Examples:\n"
      "  crier failures\n"
      "  crier failures --json\n"
      "  crier failures --retry 3 4\n"
      "  crier failures --retry all --wait\n"
      "  crier failures --dismiss all");
  return {app, [options](Session& session) { return run_failures(session, *options); }};
}

}  // namespace crier::cli
