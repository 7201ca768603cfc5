// SPDX-License-Identifier: MIT
#include <crier/codec.hpp>

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "entry_print.hpp"
#include "interrupt.hpp"
#include "log_follower.hpp"
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
      follower_ = LogFollower((*log_)->newest());
      return;
    }
    require_in_log(**log_, *after);
    follower_ = LogFollower(*after);
    if (after->value != 0 && !(*log_)->find(*after)) {
      session_.say("no entry " + std::to_string(after->value) + ": " + extent(**log_));
    }
  }

  // Prints what has come. False where there is no use in going on.
  bool step() {
    try {
      if (!log_) {
        log_ = session_.open(Access::read_only);
        learn_names();
      }
      auto followed = LogFollower::Step::more;
      while (followed == LogFollower::Step::more && !session_.interrupt.requested()) {
        followed = follower_.step(
            **log_, [this](const Entry& entry) { return print(entry); },
            [this](const std::string& sentence) { session_.say(sentence); });
      }
      if (followed == LogFollower::Step::refused) {
        return false;
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
  void learn_names() { names_ = Names::read(*log_->connection); }

  bool print(const Entry& entry) {
    return session_.put(session_.json ? to_json(entry)
                                      : entry_line(entry, {session_.paint, &names_, utc_, wide_}));
  }

  Session& session_;
  const bool utc_;
  const bool wide_;
  Names names_;
  std::optional<OpenLog> log_;  // nothing after an error: opened again
  LogFollower follower_;
  bool in_trouble_ = false;  // and said so
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
