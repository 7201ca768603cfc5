// SPDX-License-Identifier: MIT
#include <crier/codec.hpp>
#include <crier/node.hpp>

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "interrupt.hpp"
#include "process.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <ostream>
#include <string>
#include <string_view>

namespace crier::cli {

namespace {

struct NodeOptions {
  std::string name;
  std::string exec;
  bool durable = false;
};

// Takes every instruction of the node: runs the command for it, and prints it once it is applied.
class Sidecar final : public FallbackRefresher, public Observer {
 public:
  Sidecar(Session& session, std::string command)
      : session_(session), command_(std::move(command)) {}

  void refresh_all() override {}  // on_resync follows, and knows the reason
  void apply(const Instruction& instruction, const Source& source) override {
    run(to_json(instruction, source));
  }

  void on_applied(const Instruction& instruction, const Source& source) override {
    put(session_.json ? to_json(instruction, source)
                      : applied_line(instruction, source, session_.paint));
  }
  void on_resync(const Resync& resync) override {
    try {
      run(to_json(resync));
    } catch (const Error& error) {
      say("resync at entry " + std::to_string(resync.entry.value) + " (" +
          std::string(to_string(resync.reason)) + "): " + error.what());
      return;
    }
    put(session_.json ? to_json(resync) : resync_line(resync, session_.paint));
  }

  void say(std::string_view sentence) {
    const std::lock_guard lock(mutex_);
    session_.say(sentence);
  }

 private:
  void run(const std::string& json) const {
    if (!command_.empty()) {
      run_command(command_, json + "\n");
    }
  }

  void put(const std::string& line) {
    const std::lock_guard lock(mutex_);
    if (!session_.put(line)) {
      session_.interrupt.trigger();
    }
  }

  Session& session_;
  const std::string command_;
  std::mutex mutex_;  // guards the session's streams
};

int follow(Session& session, const NodeOptions& given) {
  if (given.name.empty()) {  // which the library would take for the host's and executable's
    throw usage_error("--name: the node's name is empty");
  }
  auto sidecar = std::make_shared<Sidecar>(session, given.exec);
  Registry refreshers;
  refreshers.set_fallback(sidecar);

  Options options;
  options.store = session.require_store();
  options.node_name = given.name;
  options.application = "crier";
  // Its purpose is to show each instruction, however many are waiting.
  options.max_processing_instructions =
      static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
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
  session.interrupt.wait();
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
  app->add_option(
         "--exec", options->exec,
         "Run this for each instruction and each resync, with its JSON on standard input; what it "
         "prints goes to standard error")
      ->type_name("COMMAND");
  app->add_flag("--durable", options->durable,
                "Keep its place under its name: the next start goes on from there");
  app->footer(
      "Examples:\n"
      "  crier node --name web-1\n"
      "  crier node --name web-1 --json\n"
      "  crier node --name web-1 --durable\n"
      "  crier node --name web-1 --exec 'cat >> changes.jsonl'");
  return {app, [options](Session& session) { return run_node(session, *options); }};
}

}  // namespace crier::cli
