// SPDX-License-Identifier: MIT
#include <crier/codec.hpp>

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "entry_counts.hpp"
#include "entry_filter.hpp"
#include "entry_print.hpp"
#include "interrupt.hpp"
#include "json.hpp"
#include "log_walk.hpp"
#include "nearest.hpp"
#include "offer.hpp"
#include "table.hpp"
#include "times.hpp"
#include "watch.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace crier::cli {

namespace {

struct ListOptions {
  std::optional<std::string> after;
  std::string limit = "50";
  std::optional<std::string> refresher;
  std::string origin;
  std::optional<std::string> since;
  std::optional<std::string> until;
  std::optional<std::string> id;
  std::optional<std::string> count_by;
  bool reverse = false;
  bool utc = false;
  bool all = false;
  bool wide = false;
  bool watch = false;
};

EntryChoice choice_of(const ListOptions& options, bool json) {
  EntryChoice choice;
  choice.origin = options.origin;
  choice.canaries = options.all || json;
  const Period period = period_of(options.since, options.until, options.utc);
  choice.since = period.since;
  choice.until = period.until;
  if (options.id) {
    choice.guid = Guid::parse(*options.id);
    if (!choice.guid) {
      choice.id = parse_id("--id", *options.id);
    }
  }
  return choice;
}

constexpr std::array<std::string_view, 3> kCountedBy{"origin", "refresher", "minute"};  // as By

std::optional<EntryCounts::By> by_of(const std::optional<std::string>& text) {
  if (!text) {
    return std::nullopt;
  }
  const std::vector<std::string> known(kCountedBy.begin(), kCountedBy.end());
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (*text == known[i]) {
      return static_cast<EntryCounts::By>(i);
    }
  }
  const std::optional<std::string> meant = nearest(*text, known);
  throw usage_error("--count-by: " + argument_text(*text) + " is not origin, refresher or minute" +
                    (meant ? "; did you mean " + *meant + "?" : ""));
}

// One run of the command.
class List {
 public:
  List(Session& session, const ListOptions& options)
      : session_(session),
        options_(options),
        choice_(choice_of(options, session.json)),
        by_(by_of(options.count_by)),
        limit_(parse_count("--limit", options.limit)),
        after_(options.after ? parse_entry_id("--after", *options.after) : EntryId{}) {
    // Else it is a name, for which the log is needed.
    if (options.refresher) {
      choice_.refresher = Guid::parse(*options.refresher);
    }
  }

  int run() {
    const OpenLog log = session_.open(Access::read_only);
    require_in_log(*log, after_);
    const Names names = Names::read(*log.connection);
    if (options_.refresher) {
      choice_.refresher = names.resolve("--refresher", *options_.refresher);
    }
    look_ = {session_.paint, &names, options_.utc, options_.wide};
    EntryFilter filter(choice_, names);
    by_ ? count(*log, filter, names) : list(*log, filter);
    if (const std::string left_out = filter.left_out(); !left_out.empty()) {
      session_.say(left_out);
    }
    return 0;
  }

 private:
  void list(InstructionLog& log, EntryFilter& filter) {
    std::size_t left = limit_;
    std::optional<EntryId> first;
    const auto print = [&](const Entry& entry) {
      if (!filter.matches(entry)) {
        return true;
      }
      if (!first && !session_.json) {
        session_.put(entry_head(look_));
      }
      first = first.value_or(entry.id);
      --left;
      return session_.put(session_.json ? to_json(entry) : entry_line(entry, look_)) && left > 0;
    };
    if (options_.reverse) {
      walk_backward(log, [&](const Entry& entry) { return entry.id > after_ && print(entry); });
      return;
    }
    EntryId after = after_;
    if (!options_.after) {
      // Finds first where the newest ones begin, so that none of them has to be kept in memory.
      walk_backward(log, [&](const Entry& entry) {
        if (filter.matches(entry)) {
          --left;
          after = EntryId{entry.id.value - 1};
        }
        return left > 0;
      });
      filter.forget_left_out();
      left = limit_;
    }
    walk_forward(log, after, print);
    const auto bounds = log.bounds();
    if (!options_.after && left == 0 && first && bounds && *first > bounds->oldest) {
      session_.say("the newest " + std::to_string(limit_) + " are listed; see more with --limit");
    }
  }

  void count(InstructionLog& log, EntryFilter& filter, const Names& names) {
    EntryCounts counts(*by_, names, options_.utc);
    walk_forward(log, after_, [&](const Entry& entry) {
      if (filter.matches(entry)) {
        counts.add(entry);
      }
      return !session_.interrupt.requested();
    });
    std::vector<std::vector<Cell>> rows{{{"ENTRIES", Tone::faint, true},
                                         {"INSTRUCTIONS", Tone::faint, true},
                                         {*options_.count_by == "minute"   ? "MINUTE"
                                          : *options_.count_by == "origin" ? "ORIGIN"
                                                                           : "REFRESHER",
                                          Tone::faint}}};
    for (const auto& [key, sum] : counts.all()) {
      if (session_.json) {
        session_.put(line_of({{*options_.count_by, key},
                              {"entries", sum.entries},
                              {"instructions", sum.instructions}}));
      }
      rows.push_back({{std::to_string(sum.entries), {}, true},
                      {std::to_string(sum.instructions), {}, true},
                      {key, Tone::strong}});
    }
    if (!options_.wide) {
      fit(rows, {2});
    }
    if (!session_.json && rows.size() > 1) {
      for (const std::string& line : align(rows, session_.paint)) {
        session_.put(line);
      }
    }
  }

  Session& session_;
  const ListOptions& options_;
  EntryChoice choice_;
  std::optional<EntryCounts::By> by_;
  std::size_t limit_;
  EntryId after_;
  Look look_;
};

int run_list(Session& session, const ListOptions& options) {
  if (options.watch) {
    return watch(session, [&](Session& inner) { return List(inner, options).run(); });
  }
  return List(session, options).run();
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
  offer(app->add_option("--refresher", options->refresher,
                        "Only with an instruction for this refresher, by name or GUID")
            ->type_name("NAME"),
        {Offer::Kind::refreshers});
  app->add_option("--id", options->id, "Only with an instruction for this id, or GUID")
      ->type_name("ID");
  app->add_option("--origin", options->origin, "Only if the origin or its node holds this text")
      ->type_name("TEXT");
  app->add_option("--since", options->since, "Only from then on: 1h, or a time")->type_name("TIME");
  app->add_option("--until", options->until, "Only up to then")->type_name("TIME");
  offer_words(
      app->add_option("--count-by", options->count_by, "Count them by origin, refresher or minute")
          ->type_name("WHAT"),
      {kCountedBy.begin(), kCountedBy.end()});
  app->add_flag("--reverse", options->reverse, "Newest first");
  app->add_flag("--all", options->all, "Canaries, too; --json always has them");
  app->add_flag("--utc", options->utc, "Times in UTC, not local");
  app->add_flag("--wide", options->wide, "Whole lines, however long");
  app->add_flag("--watch", options->watch, "Look again every two seconds, until interrupted");
  app->footer(
      "A time is an age, such as 90s or 2d, or a date with or without a time of day: local, "
      "unless\n"
      "it ends with Z or --utc is given. NODE is the node that wrote the entry. If that is not "
      "known, it is what the writer\n"
      "said of itself. What is left out is told on standard error.\n"
      "\n"
      "Examples:\n"
      "  crier list\n"
      "  crier list --limit 5 --reverse\n"
      "  crier list --after 10 --json\n"
      "  crier list --origin shop --since '2026-11-21 10:00'\n"
      "  crier list --since 1h --count-by minute\n"
      "  crier list --id 42\n"
      "  crier list --refresher 7c9e6679-7425-40de-944b-e07fc1f90ae7");
  return {app, [options](Session& session) { return run_list(session, *options); }};
}

}  // namespace crier::cli
