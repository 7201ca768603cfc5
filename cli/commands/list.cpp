// SPDX-License-Identifier: MIT
#include <crier/codec.hpp>

#include "arguments.hpp"
#include "base/ascii.hpp"
#include "commands/commands.hpp"
#include "log_walk.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

namespace crier::cli {

namespace {

struct ListOptions {
  std::optional<std::string> after;
  std::string limit = "50";
  std::optional<std::string> refresher;
  std::string origin;
  std::optional<std::string> since;
  bool reverse = false;
};

class Filter {
 public:
  explicit Filter(const ListOptions& options) : origin_(options.origin) {
    if (options.refresher) {
      refresher_ = parse_guid("--refresher", *options.refresher);
    }
    if (options.since) {
      since_ = parse_time("--since", *options.since);
    }
  }

  [[nodiscard]] bool matches(const Entry& entry) const {
    return entry.utc_stamp >= since_ && holds_ignoring_case(entry.originated, origin_) &&
           concerns_refresher(entry);
  }

 private:
  [[nodiscard]] bool concerns_refresher(const Entry& entry) const {
    if (!refresher_) {
      return true;
    }
    const Decoded decoded = decode(entry.json_instruction);
    return std::ranges::find(decoded.instructions, *refresher_, &Instruction::refresher) !=
               decoded.instructions.end() ||
           std::ranges::find(decoded.problems, refresher_, &DecodeProblem::refresher) !=
               decoded.problems.end();
  }

  std::optional<Guid> refresher_;
  std::string origin_;
  std::string since_;
};

int run_list(Session& session, const ListOptions& options) {
  const Filter filter(options);
  const std::size_t limit = parse_count("--limit", options.limit);
  EntryId after = options.after ? parse_entry_id("--after", *options.after) : EntryId{};
  const OpenLog log = session.open(Access::read_only);

  std::size_t left = limit;
  const auto print = [&](const Entry& entry) {
    if (filter.matches(entry)) {
      --left;
      return session.put(session.json ? to_json(entry) : entry_line(entry, session.paint)) &&
             left > 0;
    }
    return true;
  };

  if (options.reverse) {
    walk_backward(*log, [&](const Entry& entry) { return entry.id > after && print(entry); });
    return 0;
  }
  if (!options.after) {
    // Finds first where the newest ones begin, so that none of them has to be kept in memory.
    walk_backward(*log, [&](const Entry& entry) {
      if (filter.matches(entry)) {
        --left;
        after = EntryId{entry.id.value - 1};
      }
      return left > 0;
    });
    left = limit;
  }
  walk_forward(*log, after, print);
  return 0;
}

}  // namespace

Command add_list(CLI::App& root) {
  CLI::App* app = root.add_subcommand("list", "Print entries of the log, oldest first");
  auto options = std::make_shared<ListOptions>();
  app->add_option("--after", options->after,
                  "The first ones after this entry; with --reverse the newest of those")
      ->type_name("ID");
  app->add_option("--limit", options->limit, "At most so many (default: the newest 50)")
      ->type_name("N");
  app->add_option("--refresher", options->refresher, "Only with an instruction for this refresher")
      ->type_name("GUID");
  app->add_option("--origin", options->origin, "Only where the origin holds this text")
      ->type_name("TEXT");
  app->add_option("--since", options->since, "Only from this time in UTC")->type_name("TIME");
  app->add_flag("--reverse", options->reverse, "Newest first");
  app->footer(
      "Examples:\n"
      "  crier list\n"
      "  crier list --limit 5 --reverse\n"
      "  crier list --after 10 --json\n"
      "  crier list --origin shop --since '2026-11-21 10:00'\n"
      "  crier list --refresher 7c9e6679-7425-40de-944b-e07fc1f90ae7");
  return {app, [options](Session& session) { return run_list(session, *options); }};
}

}  // namespace crier::cli
