// SPDX-License-Identifier: MIT
#include <crier/codec.hpp>

#include "arguments.hpp"
#include "entry_print.hpp"
#include "log_walk.hpp"
#include "printable.hpp"
#include "serve/json_text.hpp"
#include "serve/layout.hpp"
#include "serve/log_view.hpp"
#include "serve/pages.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace crier::cli {

namespace {

// As much of a text as anybody reads.
constexpr std::size_t kMostText = 64 * 1024;
constexpr std::size_t kMostInstructions = 200;

// `left`: how much may be shown, which what is shown takes from.
Html raw_text(const std::string& json, std::size_t& left) {
  const IndentedJson shown = indented_json(json, left);
  left -= shown.text.size();
  Html html = element("pre", lines(shown.text));
  if (shown.is_cut) {
    html += element("p", {{"class", "faint"}},
                    "The rest is left out: it has " + std::to_string(json.size()) + " bytes.");
  }
  return html;
}

Html instruction_box(const Instruction& instruction, const Names& names, std::size_t& left) {
  const bool has_payload = instruction.type == RefreshType::refresh_by_json;
  const Detail detail{kFull.ids, 0};
  Html content;
  if (has_payload) {
    content = {element("p", {element("b", names.of(instruction.refresher)), " ",
                             std::string(to_string(instruction.type))}),
               raw_text(instruction.payload, left)};
  } else {
    content = element("p", instruction_text(instruction, detail, Paint(), &names));
  }
  return element("li", {content, element("p", {{"class", "faint"}},
                                         {"refresher " + instruction.refresher.to_string() + " · ",
                                          explain_links(instruction)})});
}

Html instruction_list(const Decoded& decoded, const Names& names) {
  Html list;
  std::size_t left = kMostText;  // of all their payloads
  for (std::size_t i = 0; i < std::min(decoded.instructions.size(), kMostInstructions); ++i) {
    list += instruction_box(decoded.instructions[i], names, left);
  }
  Html html = element("ol", {{"class", "instructions"}}, list);
  if (decoded.instructions.size() > kMostInstructions) {
    html += element(
        "p", {{"class", "faint"}},
        "And " + std::to_string(decoded.instructions.size() - kMostInstructions) + " more.");
  }
  for (const DecodeProblem& problem : decoded.problems) {
    html += notice("problem", "Unreadable: " + problem.what);
  }
  return html;
}

Html entry_facts(const Entry& entry, const Names& names) {
  const auto fact = [](const char* name, const Html& value) {
    return element("div", {element("dt", name), element("dd", value)});
  };
  const std::string node = names.node_of(entry.originated);
  return element("dl", {{"class", "figures"}},
                 {fact("Time", printable(entry.utc_stamp, 100)),
                  fact("Node", node.empty() ? "not known" : node),
                  fact("Origin", printable(entry.originated, kMostText)),
                  fact("Count", std::to_string(entry.instruction_count))});
}

Html entry_replay_form(const std::string& id) {
  return element("form", {{"method", "get"}, {"action", "/replay"}, {"class", "filter"}},
                 {lone_element("input", {{"type", "hidden"}, {"name", "ids"}, {"value", id}}),
                  text_field("refresher", "Only for the refresher", "", "name or GUID"),
                  button("Replay: see what that does", "main")});
}

Html neighbours(EntryId id, const LogBounds& bounds) {
  Html links;
  if (id > bounds.oldest) {
    links +=
        link(http_target("/entry", {{"id", std::to_string(id.value - 1)}}), "← the one before");
  }
  if (id < bounds.newest) {
    links += link(http_target("/entry", {{"id", std::to_string(id.value + 1)}}), "the next one →");
  }
  return element("p", {{"class", "pages"}}, links);
}

}  // namespace

WebPage entry_page(const PageRequest& request) {
  const EntryId id = parse_entry_id("id", request.http.argument("id").value_or(""));
  return request.site.access.read(request.deadline, [&](Connection& connection) {
    InstructionLog& log = connection.log();
    require_in_log(log, id);
    const std::string number = std::to_string(id.value);
    const std::optional<Entry> entry = log.find(id);
    if (!entry) {
      return error_page(404, "There is no entry " + number + ": " + extent(log) + ".");
    }
    const Names names = Names::read(connection);
    const Decoded decoded = decode(entry->json_instruction);
    Html body{element("h1", "Entry " + number), entry_facts(*entry, names),
              neighbours(id, log.bounds().value_or(LogBounds{id, id})),
              section("Instructions", instruction_list(decoded, names))};
    if (request.site.allow_actions && decoded.problems.empty()) {
      body += section("Replay", entry_replay_form(number));
    }
    std::size_t left = kMostText;
    body += element("details", {element("summary", "The row's JSON, as it stands"),
                                raw_text(entry->json_instruction, left)});
    return WebPage{.title = "Entry " + number, .body = std::move(body)};
  });
}

}  // namespace crier::cli
