// SPDX-License-Identifier: MIT
#include "serve/log_view.hpp"

#include "arguments.hpp"
#include "entry_print.hpp"
#include "times.hpp"

#include <algorithm>
#include <optional>
#include <sstream>

namespace crier::cli {

const std::vector<std::string>& entry_titles() {
  static const auto& titles =
      *new std::vector<std::string>{"Entry", "Time", "Node", "Count", "Instructions"};
  return titles;
}

Html entry_link(EntryId id) {
  return link(http_target("/entry", {{"id", id.to_string()}}), id.to_string());
}

Html explain_links(const Instruction& instruction) {
  constexpr std::size_t kMostKeys = 20;
  if (instruction.refresher.empty() || is_reserved(instruction.refresher)) {
    return {};
  }
  std::vector<std::string> keys;
  switch (instruction.type) {
    case RefreshType::refresh_by_guid:
      keys.push_back(instruction.guid.to_string());
      break;
    case RefreshType::refresh_by_id:
    case RefreshType::remove_by_id:
      keys.push_back(std::to_string(instruction.id));
      break;
    case RefreshType::refresh_by_ids:
      for (const std::int64_t id : instruction.ids) {
        keys.push_back(std::to_string(id));
      }
      break;
    case RefreshType::refresh_all:
    case RefreshType::refresh_by_json:
      break;
  }
  const auto to = [&](const std::string& key, const std::string& text) {
    return link(
        http_target("/explain", {{"refresher", instruction.refresher.to_string()}, {"key", key}}),
        text);
  };
  if (keys.empty()) {
    return to("", "explain a key");
  }
  Html links = "explain";
  for (std::size_t i = 0; i < std::min(keys.size(), kMostKeys); ++i) {
    links += {" ", to(keys[i], keys[i])};
  }
  return keys.size() > kMostKeys ? Html{links, " ", to("", "another")} : links;
}

HtmlRow entry_row(const Entry& entry, const Names& names) {
  const Look look{Paint(), &names, true, true};
  return {{entry_link({entry.id.value}), "id"},
          {shown_time(entry.utc_stamp, true), "time"},
          {writer_text(entry, look)},
          {std::to_string(entry.instruction_count), "number"},
          {instructions_text(entry, look), "text"}};
}

EntryChoice choice_of(const HttpRequest& request, const Names& names) {
  EntryChoice choice;
  if (const auto refresher = request.argument("refresher")) {
    choice.refresher = names.resolve("refresher", *refresher);
  }
  choice.origin = request.argument("origin").value_or("");
  if (const auto id = request.argument("key")) {
    choice.guid = Guid::parse(*id);
    if (!choice.guid) {
      choice.id = parse_id("id", *id);
    }
  }
  const Period period = period_of(request.argument("since"), request.argument("until"), true, "");
  choice.since = period.since;
  choice.until = period.until;
  choice.canaries = request.argument("canaries").has_value();
  return choice;
}

Html filter_fields(const HttpRequest& request, bool has_times) {
  const auto value = [&](std::string_view name) { return request.argument(name).value_or(""); };
  Html fields{
      text_field("refresher", "Refresher", value("refresher"), "name or GUID"),
      text_field("key", "Id or GUID", value("key"), "42"),
      text_field("origin", "Node or origin", value("origin"), "web-1"),
  };
  if (has_times) {
    fields += text_field("since", "Since", value("since"), "1h or a time");
    fields += text_field("until", "Until", value("until"), "a time");
  }
  return {fields, check_box("canaries", "canaries, too", !value("canaries").empty()),
          button("Show", "main")};
}

ReplayRequest replay_request_of(const HttpFields& fields) {
  const auto value = [&](std::string_view name) -> std::optional<std::string> {
    const auto found = std::ranges::find(fields, name, &HttpFields::value_type::first);
    return found == fields.end() || found->second.empty() ? std::nullopt
                                                          : std::optional(found->second);
  };
  ReplayRequest request{.ids = {},
                        .after = value("after"),
                        .through = value("through"),
                        .refresher = value("refresher"),
                        .words = {"entry", "\"All after\"", "\"up to\"", "refresher"}};
  std::istringstream ids(value("ids").value_or(""));
  for (std::string id; ids >> id;) {
    request.ids.push_back(id);
  }
  return request;
}

}  // namespace crier::cli
