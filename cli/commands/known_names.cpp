// SPDX-License-Identifier: MIT
#include "arguments.hpp"
#include "commands/commands.hpp"
#include "exit_after.hpp"
#include "names.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <set>
#include <string>

namespace crier::cli {

namespace {

// Somebody who has pressed Tab is not kept waiting for longer.
constexpr std::chrono::seconds kLongestLook{1};

std::set<std::string> known_names(const Session& session, const std::string& of_what) {
  const OpenLog log = session.open(Access::read_only);
  return of_what == "nodes" ? offered_nodes(*log.connection)
                            : offered_refreshers(*log.connection, Names::read(*log.connection));
}

// A name a line. If it can't look, it says nothing: somebody is about to write a command.
int run_known_names(const Session& session, const std::string& of_what) {
  if (of_what != "refreshers" && of_what != "nodes") {
    throw usage_error("OF: " + argument_text(of_what) + " is not refreshers or nodes");
  }
  const ExitAfter limit(kLongestLook);
  std::set<std::string> names;
  try {
    names = known_names(session, of_what);
  } catch (const std::exception&) {
    return kCouldNotLook;
  }
  for (const std::string& name : names) {
    session.put(name);
  }
  return 0;
}

}  // namespace

Command add_known_names(CLI::App& root) {
  CLI::App* app = root.add_subcommand("known-names", "What the scripts of completion ask");
  auto of_what = std::make_shared<std::string>();
  app->add_option("OF", *of_what, "refreshers or nodes")->required();
  return {app, [of_what](Session& session) { return run_known_names(session, *of_what); }};
}

}  // namespace crier::cli
