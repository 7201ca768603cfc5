// SPDX-License-Identifier: MIT
#include "serve/actions.hpp"

#include <crier/error.hpp>

#include "action_note.hpp"
#include "arguments.hpp"
#include "node_names.hpp"
#include "printable.hpp"
#include "put_off_refresh.hpp"
#include "serve/layout.hpp"
#include "serve/log_view.hpp"
#include "serve/pages.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace crier::cli {

namespace {

// Does what somebody asked for, on a connection that may write.
class Action {
 public:
  explicit Action(const PageRequest& request)
      : request_(request),
        connection_(request.site.access.connect(Access::read_write, request.deadline)),
        hurry_(*connection_, StoreAccess::left(request.deadline)) {}

  [[nodiscard]] Connection& connection() const { return *connection_; }

  // Records it first: what can't be recorded is not done. That it failed is recorded, too.
  template <class Do>
  auto run(const std::string& what, const std::string& node, Do body) {
    record(what, node);
    try {
      return body();
    } catch (const Error& error) {
      try {
        record(what + " failed: " + error.what(), node);
      } catch (const Error&) {  // NOLINT(bugprone-empty-catch): the page tells it
      }
      throw;
    }
  }

 private:
  void record(const std::string& what, const std::string& node) {
    const std::string sentence = request_.visitor.who + ", on the web page: " + what;
    record_action(*connection_, sentence, node);
    request_.site.say(sentence);
  }

  const PageRequest& request_;
  const std::unique_ptr<Connection> connection_;
  const ShortDeadline hurry_;
};

// To the page that tells what has been done.
HttpResponse tell_done(const PageRequest& request, std::string_view path, const Html& what) {
  const std::string id = request.site.outcomes.keep(notice("good", what));
  return {.status = 303, .headers = {{"Location", http_target(path, {{"done", id}})}}};
}

NotInLog no_such_failure(std::int64_t id) {
  return {"find", "there is no failure " + std::to_string(id) + " in the quarantine any more"};
}

// A node that puts off the refresher's full refresh, since it has failed, tries that at once; how
// many are asked to.
std::size_t hurry(Action& action, const Guid& refresher, const std::string& originated) {
  const std::vector<PutOffRefresh> all = put_off_refreshes(action.connection(), {refresher});
  for (const PutOffRefresh& one : all) {
    action.run("a full refresh of " + one.name + ", which was put off, is to be tried now",
               one.node.name,
               [&] { return ask_to_try_now(action.connection().log(), one, originated); });
  }
  return all.size();
}

// Of nodes that had put off the full refresh of a failure's refresher.
std::string hurried_text(std::size_t nodes) {
  return nodes == 0   ? ""
         : nodes == 1 ? " A node that puts off its full refresh, which has failed, is asked to try "
                        "it now."
                      : " " + std::to_string(nodes) +
                            " nodes that put off its full refresh, which has failed, are asked to "
                            "try it now.";
}

// Of whom the form names, if it is remembered.
std::string node_name(const PageRequest& request, Action& action) {
  std::string name = request.http.field("node").value_or("");
  refuse_unknown_node(name, action.connection().nodes().list());
  return name;
}

std::int64_t failure_id(const PageRequest& request) {
  return parse_id("id", request.http.field("id").value_or(""));
}

std::string replayed_text(const Replay& replay) {
  const std::size_t count = replay.old_ids.size();
  const std::string first = replay.old_ids.front().to_string();
  return "replay of " +
         (count == 1 ? "entry " + first
                     : std::to_string(count) + " entries, from " + first + " to " +
                           replay.old_ids.back().to_string()) +
         (replay.refresher ? ", for refresher " + replay.refresher->to_string() : "");
}

}  // namespace

HttpResponse retry_failure(const PageRequest& request) {
  const std::int64_t id = failure_id(request);
  Action action(request);
  FailureLog& failures = action.connection().failures();
  const std::optional<FailureRecord> failure = failures.find(id);
  if (!failure) {
    throw no_such_failure(id);
  }
  const std::optional<EntryId> entry =
      action.run("retry of failure " + std::to_string(id), failure->node,
                 [&] { return failures.retry(id, request.site.originated); });
  if (!entry) {
    throw no_such_failure(id);
  }
  std::string hurried;
  try {
    hurried = hurried_text(hurry(action, failure->refresher, request.site.originated));
  } catch (const Error& error) {
    throw Error("retry", "failure " + std::to_string(id) + " was appended again, as entry " +
                             std::to_string(entry->value) +
                             ", but nodes that put off its full refresh could not be asked to try "
                             "it now: " +
                             error.what());
  }
  return tell_done(request, "/failures",
                   {"Failure " + std::to_string(id) + " was appended again, as entry ",
                    entry_link({entry->value}), ": every node runs it again." + hurried});
}

HttpResponse dismiss_failure(const PageRequest& request) {
  const std::int64_t id = failure_id(request);
  Action action(request);
  FailureLog& failures = action.connection().failures();
  const std::optional<FailureRecord> failure = failures.find(id);
  const bool was_there = failure && action.run("dismissal of failure " + std::to_string(id),
                                               failure->node, [&] { return failures.dismiss(id); });
  if (!was_there) {
    throw no_such_failure(id);
  }
  return tell_done(request, "/failures",
                   "Failure " + std::to_string(id) + " was taken out of the quarantine.");
}

HttpResponse pause_node(const PageRequest& request) {
  const std::string duration = request.http.field("for").value_or("");
  const std::chrono::milliseconds time = parse_duration("for", duration);
  Action action(request);
  const std::string node = node_name(request, action);
  const std::size_t asked = action.run("pause for " + duration, node, [&] {
    return action.connection().nodes().pause(node, time, request.visitor.who);
  });
  if (asked == 0) {
    throw usage_error("node " + in_quotes(node) + " is not live: it would not hear of a pause");
  }
  return tell_done(request, "/nodes",
                   "Node " + in_quotes(node) +
                       " is asked to read no further: it hears of it with its next beat.");
}

HttpResponse resume_node(const PageRequest& request) {
  Action action(request);
  const std::string node = node_name(request, action);
  const std::size_t ended = action.run("end of the pause", node, [&] {
    return action.connection().nodes().resume(node, request.visitor.who);
  });
  if (ended == 0) {
    throw usage_error("node " + in_quotes(node) + " is not paused");
  }
  return tell_done(
      request, "/nodes",
      "Node " + in_quotes(node) + " may read again: it hears of it with its next beat.");
}

HttpResponse replay_entries(const PageRequest& request) {
  Action action(request);
  const Replay replay = read_replay(action.connection(), replay_request_of(request.http.form),
                                    request.site.originated, kMostReplayed);
  if (replay.entries.empty()) {
    throw usage_error("these entries hold nothing for that refresher");
  }
  const EntryId last = action.run(replayed_text(replay), "",
                                  [&] { return action.connection().log().append(replay.entries); });
  const std::int64_t first = last.value - std::ssize(replay.entries) + 1;
  const bool is_one = first == last.value;
  return tell_done(
      request, "/log",
      {is_one ? "Replayed as entry " : "Replayed as entries ", entry_link({first}),
       is_one ? Html() : Html{" to ", entry_link({last.value})}, ": every node runs that again."});
}

}  // namespace crier::cli
