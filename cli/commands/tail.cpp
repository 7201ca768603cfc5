// SPDX-License-Identifier: MIT
#include <crier/codec.hpp>

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "entry_print.hpp"
#include "interrupt.hpp"
#include "log_walk.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>

namespace crier::cli {

namespace {

using namespace std::chrono_literals;

constexpr auto kPeriod = 100ms;

struct TailOptions {
  std::optional<std::string> after;
  bool from_start = false;
  bool utc = false;
  bool wide = false;
};

class Tail {
 public:
  // Nothing in place of `after`: from the newest.
  Tail(Session& session, std::optional<EntryId> after, const TailOptions& options)
      : session_(session),
        utc_(options.utc),
        wide_(options.wide),
        log_(session.open(Access::read_only)) {
    learn_names();
    if (!after) {
      move_to((*log_)->newest());
      return;
    }
    require_in_log(**log_, *after);
    position_ = *after;
    if (position_.value != 0 && !(*log_)->find(position_)) {
      session_.say("no entry " + std::to_string(position_.value) + ": " + extent(**log_));
    }
  }

  // Prints what has come. False where there is no use in going on.
  bool step() {
    try {
      if (!log_) {
        log_ = session_.open(Access::read_only);
        learn_names();
      }
      while (!session_.interrupt.requested()) {
        const Page page = (*log_)->read_after(position_);
        if (replaced(page)) {
          continue;
        }
        if (page.entries.empty()) {
          break;
        }
        for (const Entry& entry : page.entries) {
          if (!print(entry)) {
            return false;
          }
        }
      }
      if (std::exchange(in_trouble_, false)) {
        session_.say("reading again");
      }
    } catch (const Error& error) {
      if (!std::exchange(in_trouble_, true)) {
        session_.say(error.what());
      }
      if (!error.retryable()) {
        log_.reset();
      }
    }
    return true;
  }

 private:
  // True where the row at which we stand is not the one it was: then it goes on from the newest.
  bool replaced(const Page& page) {
    if (!anchor_ || page.anchor == anchor_) {
      return false;
    }
    const std::string where = "entry " + std::to_string(position_.value);
    move_to((*log_)->newest());
    session_.say(where + (page.anchor ? " is another one now" : " is gone") +
                 ": the log was replaced or pruned; going on after entry " +
                 std::to_string(position_.value));
    return true;
  }

  void learn_names() { names_ = Names::read(*log_->connection); }

  bool print(const Entry& entry) {
    if (position_.value != 0 && entry.id.value != position_.value + 1) {
      session_.say("a hole: after entry " + std::to_string(position_.value) + " comes entry " +
                   std::to_string(entry.id.value));
    }
    move_to({entry.id, entry.fingerprint()});
    return session_.put(session_.json ? to_json(entry)
                                      : entry_line(entry, {session_.paint, &names_, utc_, wide_}));
  }

  void move_to(const Cursor& cursor) {
    position_ = cursor.id;
    anchor_ = cursor.id.value == 0 ? std::nullopt : std::optional(cursor.fingerprint);
  }

  Session& session_;
  const bool utc_;
  const bool wide_;
  Names names_;
  std::optional<OpenLog> log_;         // nothing after an error: opened again
  EntryId position_;                   // the last entry that was printed
  std::optional<Fingerprint> anchor_;  // of that entry, once it was seen
  bool in_trouble_ = false;            // and said so
};

int run_tail(Session& session, const TailOptions& options) {
  if (options.after && options.from_start) {
    throw usage_error("give --after or --from-start, not both");
  }
  std::optional<EntryId> after;
  if (options.from_start) {
    after = EntryId{};
  } else if (options.after) {
    after = parse_entry_id("--after", *options.after);
  }
  session.interrupt.catch_signals();
  session.streams.out << std::unitbuf;
  Tail tail(session, after, options);
  while (tail.step() && !session.interrupt.wait_for(kPeriod)) {
  }
  return 0;
}

}  // namespace

Command add_tail(CLI::App& root) {
  CLI::App* app = root.add_subcommand("tail", "Print entries as they come, until interrupted");
  auto options = std::make_shared<TailOptions>();
  app->add_option("--after", options->after, "Begin after this entry (default: the newest)")
      ->type_name("ID");
  app->add_flag("--from-start", options->from_start, "Begin with the oldest entry");
  app->add_flag("--utc", options->utc, "Times in UTC, not local");
  app->add_flag("--wide", options->wide, "Whole lines, however long");
  app->footer(
      "Examples:\n"
      "  crier tail\n"
      "  crier tail --after 7\n"
      "  crier tail --from-start --json");
  return {app, [options](Session& session) { return run_tail(session, *options); }};
}

}  // namespace crier::cli
