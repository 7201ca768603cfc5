// SPDX-License-Identifier: MIT
#include "serve/actions.hpp"

#include <crier/admin/history.hpp>
#include <crier/error.hpp>

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
    EventRecord event;
    event.kind = "action";
    event.node = node;
    event.detail = sentence;
    connection_->history().record({&event, 1});
    request_.site.say(sentence);
  }

  const PageRequest& request_;
  const std::unique_ptr<Connection> connection_;
  const ShortDeadline hurry_;
};

HttpResponse go_to(const std::string& target) {
  return {.status = 303, .headers = {{"Location", target}}};
}

HttpResponse no_such_failure(const PageRequest& request, std::int64_t id) {
  const WebPage page =
      error_page(404, "There is no failure " + std::to_string(id) + " in the quarantine any more.");
  return {.status = page.status, .body = whole_page(page, request)};
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
    return no_such_failure(request, id);
  }
  const std::optional<EntryId> entry =
      action.run("retry of failure " + std::to_string(id), failure->node,
                 [&] { return failures.retry(id, request.site.originated); });
  if (!entry) {
    return no_such_failure(request, id);
  }
  HttpFields outcome{{"retried", std::to_string(id)}, {"entry", std::to_string(entry->value)}};
  try {
    if (const std::size_t nodes = hurry(action, failure->refresher, request.site.originated)) {
      outcome.emplace_back("hurried", std::to_string(nodes));
    }
  } catch (const Error& error) {
    throw Error("retry", "failure " + std::to_string(id) + " was appended again, as entry " +
                             std::to_string(entry->value) +
                             ", but nodes that put off its full refresh could not be asked to try "
                             "it now: " +
                             error.what());
  }
  return go_to(http_target("/failures", outcome));
}

HttpResponse dismiss_failure(const PageRequest& request) {
  const std::int64_t id = failure_id(request);
  Action action(request);
  FailureLog& failures = action.connection().failures();
  const std::optional<FailureRecord> failure = failures.find(id);
  const bool was_there = failure && action.run("dismissal of failure " + std::to_string(id),
                                               failure->node, [&] { return failures.dismiss(id); });
  return was_there ? go_to(http_target("/failures", {{"dismissed", std::to_string(id)}}))
                   : no_such_failure(request, id);
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
  return go_to(http_target("/nodes", {{"paused", node}}));
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
  return go_to(http_target("/nodes", {{"resumed", node}}));
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
  return go_to(http_target(
      "/log", {{"replayed", std::to_string(first)}, {"through", std::to_string(last.value)}}));
}

}  // namespace crier::cli
