// SPDX-License-Identifier: MIT
#include <crier/codec.hpp>

#include "print.hpp"
#include "serve/layout.hpp"
#include "serve/log_view.hpp"
#include "serve/pages.hpp"

#include <string>
#include <utility>
#include <vector>

namespace crier::cli {

namespace {

std::string copied_text(const NewEntry& entry, const Names& names) {
  std::string text;
  const Decoded decoded = decode(entry.json_instruction);
  constexpr std::size_t kNamed = 5;
  for (std::size_t i = 0; i < decoded.instructions.size() && i < kNamed; ++i) {
    text +=
        (i == 0 ? "" : "; ") + instruction_text(decoded.instructions[i], kShort, Paint(), &names);
  }
  return decoded.instructions.size() > kNamed
             ? text + "; +" + std::to_string(decoded.instructions.size() - kNamed) + " more"
             : text;
}

}  // namespace

WebPage replay_page(const PageRequest& request) {
  const ReplayRequest asked = replay_request_of(request.http.query);
  return request.site.access.read(request.deadline, [&](Connection& connection) {
    const Replay replay = read_replay(connection, asked, request.site.originated, kMostReplayed);
    const Names names = Names::read(connection);
    Html body = element("h1", "Replay");
    std::vector<HtmlRow> rows;
    for (std::size_t i = 0; i < replay.entries.size(); ++i) {
      rows.push_back({{entry_link(replay.old_ids[i]), "id"},
                      {std::to_string(replay.entries[i].instruction_count), "number"},
                      {copied_text(replay.entries[i], names), "text"}});
    }
    if (rows.empty()) {
      body += notice("warning", "These entries hold nothing for that refresher.");
      return WebPage{.title = "Replay", .body = std::move(body)};
    }
    const std::size_t count = rows.size();
    body +=
        element("p", count == 1 ? "Nothing has been written yet. This would be appended again, "
                                  "as a new entry, which every node runs:"
                                : "Nothing has been written yet. These would be appended again, "
                                  "as new entries, which every node runs:");
    body += html_table({"Entry", "Count", "Instructions"}, rows);
    if (!replay.left_out.empty()) {
      body += element("p", {{"class", "faint"}},
                      std::to_string(replay.left_out.size()) +
                          " of the entries hold nothing for that refresher, and are left out.");
    }
    body += request.site.allow_actions
                ? post_form(request, "/replay", request.http.query,
                            button(count == 1 ? std::string("Replay it")
                                              : "Replay these " + std::to_string(count),
                                   "main"))
                : notice("warning", "This page only reads: start it with --allow-actions.");
    return WebPage{.title = "Replay", .body = std::move(body)};
  });
}

}  // namespace crier::cli
