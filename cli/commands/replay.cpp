// SPDX-License-Identifier: MIT
#include <crier/admin/identity.hpp>
#include <crier/codec.hpp>

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "json.hpp"
#include "log_walk.hpp"
#include "names.hpp"
#include "offer.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace crier::cli {

namespace {

struct ReplayOptions {
  std::vector<std::string> ids;
  std::optional<std::string> after;
  std::optional<std::string> through;
  std::optional<std::string> refresher;
  bool dry_run = false;
};

struct Range {
  EntryId after;
  EntryId through;
};

// What is asked for: a list of ids, or a range.
struct Selection {
  std::vector<EntryId> ids;
  std::optional<Range> range;

  explicit Selection(const ReplayOptions& options) {
    if (options.ids.empty() != (options.after || options.through)) {
      throw usage_error("give the ids of entries, or a range with --after and --through");
    }
    for (const std::string& id : options.ids) {
      ids.push_back(parse_entry_id("ID", id));
    }
    if (!options.ids.empty()) {
      return;
    }
    if (!options.after || !options.through) {
      throw usage_error("a range needs both --after and --through");
    }
    range = {parse_entry_id("--after", *options.after),
             parse_entry_id("--through", *options.through)};
    if (range->after >= range->through) {
      throw usage_error("the range is empty: --through must be greater than --after");
    }
  }
};

// Ids that are not in the log, as ranges: there may be any number of them.
class Missing {
 public:
  void add(std::int64_t first, std::int64_t last) {
    if (first > last) {
      return;
    }
    if (++ranges_ <= kNamed) {
      text_ += (text_.empty() ? "" : ", ") + std::to_string(first) +
               (last > first ? " to " + std::to_string(last) : "");
    }
    single_ = ranges_ == 1 && first == last;
  }
  // "no entry 4" or "no entries 4, 7 to 9"; empty where none is missing.
  [[nodiscard]] std::string text() const {
    return ranges_ == 0 ? ""
                        : (single_ ? "no entry " : "no entries ") + text_ +
                              (ranges_ > kNamed ? " and more" : "");
  }

 private:
  static constexpr std::size_t kNamed = 10;
  std::size_t ranges_ = 0;
  bool single_ = false;
  std::string text_;
};

// What will be appended, and for which entries.
struct Replay {
  std::vector<EntryId> old_ids;
  std::vector<NewEntry> entries;
};

class Collector {
 public:
  Collector(const Session& session, std::optional<Guid> refresher, bool for_umbraco)
      : session_(session),
        refresher_(refresher),
        for_umbraco_(for_umbraco),
        originated_(Identity::of_this_process("crier").originated()) {}

  void add(const Entry& entry) {
    Decoded decoded = decode(entry.json_instruction);
    if (!decoded.problems.empty()) {
      throw Error("replay",
                  "entry " + std::to_string(entry.id.value) +
                      " can't be read, and nothing was written: " + decoded.problems.front().what);
    }
    if (!refresher_) {
      // The text itself, so that fields which are unknown here survive.
      keep(entry, {originated_, entry.instruction_count, entry.json_instruction});
      return;
    }
    std::erase_if(decoded.instructions,
                  [this](const Instruction& i) { return i.refresher != *refresher_; });
    if (decoded.instructions.empty()) {
      session_.say("entry " + std::to_string(entry.id.value) + " holds nothing for " +
                   refresher_->to_string() + ": skipped");
      return;
    }
    std::int64_t count = 0;
    for (const Instruction& instruction : decoded.instructions) {
      count += instruction.count();
    }
    keep(entry, {originated_, count, encode(decoded.instructions)});
  }

  [[nodiscard]] const Replay& replay() const { return replay_; }

 private:
  void keep(const Entry& entry, NewEntry copy) {
    if (for_umbraco_) {
      if (const std::string fault = umbraco_fault(copy.json_instruction); !fault.empty()) {
        throw Error("replay", "entry " + std::to_string(entry.id.value) +
                                  " is one that Umbraco's own classes can't read, and nothing was "
                                  "written: " +
                                  fault);
      }
    }
    replay_.old_ids.push_back(entry.id);
    replay_.entries.push_back(std::move(copy));
  }

  const Session& session_;
  const std::optional<Guid> refresher_;
  const bool for_umbraco_;
  const std::string originated_;
  Replay replay_;
};

// Returns what is missing.
Missing collect(InstructionLog& log, const Selection& selection, Collector& collector) {
  Missing missing;
  for (const EntryId id : selection.ids) {
    require_in_log(log, id);
    if (const std::optional<Entry> entry = log.find(id)) {
      collector.add(*entry);
    } else {
      missing.add(id.value, id.value);
    }
  }
  if (selection.range) {
    require_in_log(log, selection.range->after);
    require_in_log(log, selection.range->through);
    const EntryId through = selection.range->through;
    std::int64_t last = selection.range->after.value;
    walk_forward(log, selection.range->after, [&](const Entry& entry) {
      if (entry.id > through) {
        return false;
      }
      missing.add(last + 1, entry.id.value - 1);
      last = entry.id.value;
      collector.add(entry);
      return entry.id < through;
    });
    missing.add(last + 1, through.value);
  }
  return missing;
}

void print(const Session& session, EntryId old_id, std::optional<std::int64_t> new_id) {
  session.put(session.json
                  ? line_of({{"old", old_id.value}, {"new", new_id ? Json(*new_id) : Json()}})
                  : old_id.to_string() + " -> " + (new_id ? std::to_string(*new_id) : "?"));
}

int run_replay(Session& session, const ReplayOptions& options) {
  const Selection selection(options);
  const OpenLog log = session.open(options.dry_run ? Access::read_only : Access::read_write);
  std::optional<Guid> refresher;
  if (options.refresher) {
    refresher = Names::read(*log.connection).resolve("--refresher", *options.refresher);
  }
  Collector collector(session, refresher, log->is_umbracos());
  if (const std::string missing = collect(*log, selection, collector).text(); !missing.empty()) {
    session.say(missing + ": " + extent(*log) + "; nothing was written");
    return 1;
  }
  const auto& [old_ids, entries] = collector.replay();
  if (entries.empty()) {
    session.say("no instruction for " + refresher->to_string() +
                " in these entries: nothing was written");
    return 1;
  }
  if (options.dry_run) {
    for (const EntryId id : old_ids) {
      print(session, id, {});
    }
    return 0;
  }
  std::int64_t new_id = log->append(entries).value - std::ssize(entries);
  for (const EntryId id : old_ids) {
    print(session, id, ++new_id);
  }
  return 0;
}

}  // namespace

Command add_replay(CLI::App& root) {
  CLI::App* app = root.add_subcommand(
      "replay", "Append the instructions of entries again, so that every node runs them again");
  auto options = std::make_shared<ReplayOptions>();
  app->add_option("ID", options->ids, "The entries")->type_name("");
  app->add_option("--after", options->after, "All entries after this one ...")->type_name("ID");
  app->add_option("--through", options->through, "... up to this one")->type_name("ID");
  offer(
      app->add_option("--refresher", options->refresher, "Only the instructions for this refresher")
          ->type_name("NAME"),
      {Offer::Kind::refreshers});
  app->add_flag("--dry-run", options->dry_run, "Print what would be replayed, and write nothing");
  app->footer(
      "Examples:\n"
      "  crier replay 7\n"
      "  crier replay 3 7 --dry-run\n"
      "  crier replay --after 3 --through 9\n"
      "  crier replay 7 --refresher 7c9e6679-7425-40de-944b-e07fc1f90ae7");
  return {app, [options](Session& session) { return run_replay(session, *options); }};
}

}  // namespace crier::cli
