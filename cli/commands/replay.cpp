// SPDX-License-Identifier: MIT
#include "replay.hpp"

#include <crier/admin/identity.hpp>

#include "action_note.hpp"
#include "commands/commands.hpp"
#include "json.hpp"
#include "offer.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace crier::cli {

namespace {

struct ReplayOptions {
  ReplayRequest request;
  bool dry_run = false;
};

void print(const Session& session, EntryId old_id, std::optional<std::int64_t> new_id) {
  session.put(session.json
                  ? line_of({{"old", old_id.value}, {"new", new_id ? Json(*new_id) : Json()}})
                  : old_id.to_string() + " -> " + (new_id ? std::to_string(*new_id) : "?"));
}

int run_replay(Session& session, const ReplayOptions& options) {
  const OpenLog log = session.open(options.dry_run ? Access::read_only : Access::read_write);
  const Replay replay = read_replay(*log.connection, options.request,
                                    Identity::of_this_process("crier").originated());
  for (const EntryId id : replay.left_out) {
    session.say("entry " + std::to_string(id.value) + " holds nothing for " +
                replay.refresher->to_string() + ": skipped");
  }
  if (replay.entries.empty()) {
    session.say("no instruction for " + replay.refresher->to_string() +
                " in these entries: nothing was written");
    return 1;
  }
  if (options.dry_run) {
    for (const EntryId id : replay.old_ids) {
      print(session, id, {});
    }
    return 0;
  }
  const EntryId last = log->append(replay.entries);
  std::int64_t new_id = last.value - std::ssize(replay.entries);
  for (const EntryId id : replay.old_ids) {
    print(session, id, ++new_id);
  }
  if (!log->is_umbracos()) {
    const bool is_one = replay.old_ids.size() == 1;
    note_action(session, *log.connection,
                "replayed " + replay.old_ids.front().to_string() +
                    (is_one ? ""
                            : " to " + replay.old_ids.back().to_string() + " (" +
                                  std::to_string(replay.old_ids.size()) + " entries)") +
                    ", up to entry " + last.to_string());
  }
  return 0;
}

}  // namespace

Command add_replay(CLI::App& root) {
  CLI::App* app = root.add_subcommand(
      "replay", "Append the instructions of entries again, so that every node runs them again");
  auto options = std::make_shared<ReplayOptions>();
  app->add_option("ID", options->request.ids, "The entries")->type_name("");
  app->add_option("--after", options->request.after, "All entries after this one ...")
      ->type_name("ID");
  app->add_option("--through", options->request.through, "... up to this one")->type_name("ID");
  offer(app->add_option("--refresher", options->request.refresher,
                        "Only the instructions for this refresher")
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
