// SPDX-License-Identifier: MIT
#include "arguments.hpp"
#include "base/secrets.hpp"
#include "failure_print.hpp"
#include "printable.hpp"
#include "serve/layout.hpp"
#include "serve/log_view.hpp"
#include "serve/pages.hpp"
#include "times.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace crier::cli {

namespace {

Html given_up_cell(const FailureRecord& failure) {
  const std::optional<Instruction> instruction = instruction_of(failure);
  return {given_up_text(failure),
          instruction ? element("div", {{"class", "faint"}}, explain_links(*instruction)) : Html()};
}

Html actions_on(const FailureRecord& failure, const PageRequest& request) {
  const HttpFields id{{"id", std::to_string(failure.id)}};
  Html actions;
  if (!failure.json_instruction.empty()) {
    actions += post_form(request, "/failures/retry", id, button("Retry"));
  }
  // Two steps, since nothing brings it back.
  return {actions, element("details", {element("summary", "Dismiss…"),
                                       post_form(request, "/failures/dismiss", id,
                                                 button("Dismiss for good", "danger"))})};
}

}  // namespace

WebPage failures_page(const PageRequest& request) {
  return request.site.access.read(request.deadline, [&](Connection& connection) {
    Html body = element("h1", "Failures");
    std::vector<std::string> titles{"Failure",     "Time",     "Node", "Entry",
                                    "Instruction", "Attempts", "Error"};
    if (request.site.allow_actions) {
      titles.emplace_back("Actions");
    }
    std::vector<HtmlRow> rows;
    for (const FailureRecord& failure : connection.failures().list()) {
      HtmlRow row{{std::to_string(failure.id), "id"},
                  {shown_time(failure.utc_stamp, true), "time"},
                  {printable(failure.node, 255)},
                  {failure.entry.value == 0 ? "–" : entry_link(failure.entry), "id"},
                  {given_up_cell(failure), "text"},
                  {std::to_string(failure.attempts), "number"},
                  {printable(without_secrets(failure.error), 500), "text problem"}};
      if (request.site.allow_actions) {
        row.push_back({actions_on(failure, request), "actions"});
      }
      rows.push_back(std::move(row));
    }
    body +=
        rows.empty()
            ? notice("good", "The quarantine is empty: no node has given anything up.")
            : element("p", {{"class", "faint"}},
                      "What nodes have given up, oldest first. A node then refreshes everything "
                      "of that refresher instead.");
    if (!rows.empty()) {
      body += html_table(titles, rows);
    }
    return WebPage{.title = "Failures", .body = std::move(body)};
  });
}

}  // namespace crier::cli
