// SPDX-License-Identifier: MIT
#include <crier/codec.hpp>
#include <crier/error.hpp>
#include <crier/node.hpp>

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "interrupt.hpp"
#include "process.hpp"
#include "service_manager.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace crier::cli {

namespace {

struct NodeOptions {
  std::string name;
  std::string exec;
  bool durable = false;
  bool read_only = false;
  bool notify = false;
};

// Takes every instruction of the node: runs the command for it, and prints it once it is applied.
// What goes wrong is in the node's own messages, which are said, too.
class Sidecar final : public FallbackRefresher, public Observer {
 public:
  // A node that begins with a resync does so at `newest`, or soon after.
  Sidecar(Session& session, std::string command, EntryId newest)
      : session_(session),
        command_(std::move(command)),
        resync_{ResyncReason::first_start, {}, newest} {}

  void apply(const Instruction& instruction, const Source& source) override {
    run(to_json(instruction, source));
  }
  void on_applied(const Instruction& instruction, const Source& source) override {
    put(session_.json ? to_json(instruction, source)
                      : applied_line(instruction, source, session_.paint));
  }

  // For a resync that is announced below. Where the command fails, this is called again.
  void refresh_all() override {
    run(to_json(announced()));
    if (const std::optional<Resync> told = done()) {
      print(*told);
    }
  }
  void on_missed(const Missed& missed, ResyncReason reason) override {
    announce({reason, {}, missed.through});
  }
  void on_failure(const Failure& failure) override {
    if (failure.kind != FailureKind::unknown_refresher) {  // refresh_all() may follow
      announce({ResyncReason::unreadable_entry, {}, failure.source.entry});
    }
  }
  void on_resync(const Resync& resync) override {
    if (!is_owed(resync)) {
      print(resync);
    }
  }

  void say(std::string_view sentence) {
    const std::lock_guard lock(output_);
    session_.say(sentence);
  }

 private:
  void run(const std::string& json) {
    if (command_.empty()) {
      return;
    }
    try {
      run_command(command_, json + "\n", session_.interrupt);
    } catch (const Error& error) {
      say(std::string(error.what()) + ": " + command_);  // which is for this terminal alone
      throw;
    }
  }

  void announce(Resync resync) {
    const std::lock_guard lock(mutex_);
    resync_ = std::move(resync);
    is_done_ = false;
  }
  [[nodiscard]] Resync announced() const {
    const std::lock_guard lock(mutex_);
    return resync_;
  }
  // The command has run for the resync; one that is to be printed now.
  [[nodiscard]] std::optional<Resync> done() {
    const std::lock_guard lock(mutex_);
    is_done_ = true;
    return std::exchange(owed_, std::nullopt);
  }
  // Whether it is to be printed later, once the command has run for it.
  [[nodiscard]] bool is_owed(const Resync& resync) {
    const std::lock_guard lock(mutex_);
    if (!is_done_) {
      owed_ = resync;
    }
    return !is_done_;
  }

  void print(const Resync& resync) {
    put(session_.json ? to_json(resync) : resync_line(resync, session_.paint));
  }
  void put(const std::string& line) {
    const std::lock_guard lock(output_);
    if (!session_.put(line)) {
      session_.interrupt.trigger();
    }
  }

  Session& session_;
  const std::string command_;
  std::mutex output_;  // guards the session's streams
  mutable std::mutex mutex_;
  Resync resync_;  // guarded by mutex_, as are the next: that for which the command runs
  bool is_done_ = false;
  std::optional<Resync> owed_;
};

int follow(Session& session, const NodeOptions& given) {
  if (given.name.empty()) {  // which the library would take for the host's and executable's
    throw usage_error("--name: the node's name is empty");
  }
  if (given.durable && given.read_only) {
    throw usage_error("give --durable or --read-only, not both: the place is kept in the database");
  }
  std::optional<ServiceManager> manager;
  if (given.notify) {
    manager = ServiceManager::of_environment();
  }
  auto sidecar =
      std::make_shared<Sidecar>(session, given.exec, session.open(Access::read_only)->newest().id);
  Registry refreshers;
  refreshers.set_fallback(sidecar);

  Options options;
  options.store = session.require_store();
  options.node_name = given.name;
  options.application = "crier";
  // Its purpose is to show each instruction, however many are waiting.
  options.max_processing_instructions =
      static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
  options.read_only = given.read_only;
  if (given.durable) {
    options.keep_position = KeepPosition::in_database;
  }
  options.observer = sidecar;
  options.log = [sidecar](LogLevel, std::string_view text) { sidecar->say(text); };

  session.interrupt.catch_signals();
  session.streams.out << std::unitbuf;
  Node node(options, std::move(refreshers));
  node.start();
  sidecar->say("node " + node.name() + ": following " + open_store(options.store)->name() +
               " from entry " + node.position().to_string());
  if (manager) {
    attend(*manager, node, session.interrupt, [&](std::string_view text) { sidecar->say(text); });
  } else {
    session.interrupt.wait();
  }
  node.stop();
  return 0;
}

int run_node(Session& session, const NodeOptions& given) {
  try {
    return follow(session, given);
  } catch (const Error& error) {
    constexpr std::string_view kName = "node_name";  // as the library calls it
    const std::string_view what = error.what();
    if (error.invalid_argument() && what.starts_with(kName)) {
      throw usage_error("--name" + std::string(what.substr(kName.size())));
    }
    throw;
  }
}

}  // namespace

Command add_node(CLI::App& root) {
  CLI::App* app = root.add_subcommand(
      "node", "Run a node that takes every instruction and prints it, until interrupted");
  auto options = std::make_shared<NodeOptions>();
  app->add_option("--name", options->name, "The node's name")->required()->type_name("NAME");
  const CLI::Option* exec =
      app->add_option(
             "--exec", options->exec,
             "Run this for each instruction and each resync, with its JSON on standard input; what "
             "it prints goes to standard error")
          ->type_name("COMMAND");
  app->add_flag("--durable", options->durable,
                "Keep its position under its name: the next start goes on from there");
  app->add_flag("--read-only", options->read_only,
                "Only read the database: other nodes don't see this one, nor wait for it");
  app->add_flag("--notify", options->notify,
                "Tell systemd, which has started it as a service of Type=notify, that it is ready, "
                "how it fares, and that it still runs");
  app->footer(
      "A command that fails is run again, three times within seconds. Then the instruction goes "
      "to\n"
      "the quarantine (crier failures), and the command is run for a refresh_all of the same\n"
      "refresher instead; if that fails, too, for a resync, again and again until it does not "
      "fail.\n"
      "One that hangs for 30 s holds up its refresher alone. When the node is interrupted, a "
      "command has 3 s to end before it is\n"
      "killed; a second signal ends the node at once.\n"
      "\n"
      "With --notify, systemctl status shows what the node says of itself, and a WatchdogSec of a\n"
      "minute or longer restarts one whose poller stands still. A database out of reach is no\n"
      "reason for that. contrib/systemd has a unit.\n"
      "\n"
      "Examples:\n"
      "  crier node --name web-1\n"
      "  crier node --name web-1 --json\n"
      "  crier node --name web-1 --durable\n"
      "  crier node --name web-1 --read-only\n"
      "  crier node --name web-1 --exec 'cat >> changes.jsonl'");
  return {app, [options, exec](Session& session) {
            if (exec->count() > 0 && options->exec.empty()) {
              throw usage_error("--exec: the command is empty");
            }
            return run_node(session, *options);
          }};
}

}  // namespace crier::cli
