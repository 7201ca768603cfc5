// SPDX-License-Identifier: MIT
#include <crier/instruction.hpp>

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "names.hpp"
#include "offer.hpp"
#include "publish.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace crier::cli {

namespace {

// Stands for the refresher until its name is known.
constexpr Guid kUnnamed = Guid::parse("ffffffff-ffff-ffff-ffff-ffffffffffff").value();

struct SendOptions {
  std::string refresher;
  bool all = false;
  bool force = false;
  std::vector<std::string> ids;
  std::vector<std::string> guids;
  std::vector<std::string> removed;
  std::optional<std::string> payload;
};

void refuse_empty(const Guid& refresher) {
  if (refresher.empty()) {
    throw usage_error("--refresher: this GUID is empty, and no refresher can bear it");
  }
}

// As Umbraco writes them: all ids in one instruction, but one each for GUIDs and for removed ids.
std::vector<Instruction> instructions_of(const SendOptions& options, const Guid& refresher,
                                         std::istream& in) {
  const int kinds = int{options.all} + int{!options.ids.empty()} + int{!options.guids.empty()} +
                    int{!options.removed.empty()} + int{options.payload.has_value()};
  if (kinds != 1) {
    throw usage_error("give exactly one of --all, --id, --guid, --remove and --payload");
  }
  std::vector<Instruction> instructions;
  if (options.all) {
    instructions.push_back(Instruction::refresh_all(refresher));
  }
  std::vector<std::int64_t> ids;
  for (const std::string& id : options.ids) {
    ids.push_back(parse_id("--id", id));
  }
  if (!ids.empty()) {
    instructions.push_back(Instruction::refresh_by_ids(refresher, std::move(ids)));
  }
  for (const std::string& guid : options.guids) {
    instructions.push_back(Instruction::refresh_by_guid(refresher, parse_guid("--guid", guid)));
  }
  for (const std::string& id : options.removed) {
    instructions.push_back(Instruction::remove_by_id(refresher, parse_id("--remove", id)));
  }
  if (options.payload) {
    instructions.push_back(
        Instruction::refresh_by_json(refresher, read_payload(*options.payload, in)));
  }
  return instructions;
}

int run_send(Session& session, const SendOptions& options) {
  // What is wrong without a look at the log is told without one; a name needs one.
  const std::optional<Guid> guid = Guid::parse(options.refresher);
  refuse_empty(guid.value_or(kUnnamed));
  std::vector<Instruction> instructions =
      instructions_of(options, guid.value_or(kUnnamed), session.streams.in);
  const OpenLog log = session.open(Access::read_write);
  const Names names = Names::read(*log.connection);
  const Guid refresher = names.resolve("--refresher", options.refresher);
  for (Instruction& instruction : instructions) {
    instruction.refresher = refresher;
  }
  if (!options.force) {
    refuse_unknown(names, refresher, "; see crier refreshers, or give --force");
  }
  publish(session, *log, instructions);
  return 0;
}

}  // namespace

Command add_send(CLI::App& root) {
  CLI::App* app =
      root.add_subcommand("send", "Publish an instruction, and print the new entry's id");
  auto options = std::make_shared<SendOptions>();
  offer(app->add_option("--refresher", options->refresher,
                        "Whose cache it is: a name (crier refreshers) or a GUID")
            ->required()
            ->type_name("NAME"),
        {Offer::Kind::refreshers});
  app->add_flag("--force", options->force, "Also to a refresher that no node has");
  app->add_flag("--all", options->all, "Everything has changed");
  app->add_option("--id", options->ids, "These have changed")->type_name("ID");
  app->add_option("--guid", options->guids, "These have changed")->type_name("GUID");
  app->add_option("--remove", options->removed, "These are gone")->type_name("ID");
  offer(app->add_option("--payload", options->payload, "JSON; @FILE reads a file, - standard input")
            ->type_name("TEXT"),
        {Offer::Kind::text_or_file});
  app->footer(
      "Examples:\n"
      "  crier send --refresher 7c9e6679-7425-40de-944b-e07fc1f90ae7 --all\n"
      "  crier send --refresher 7c9e6679-7425-40de-944b-e07fc1f90ae7 --id 42 43\n"
      "  crier send --refresher 7c9e6679-7425-40de-944b-e07fc1f90ae7 --remove 42\n"
      "  crier send --refresher 7c9e6679-7425-40de-944b-e07fc1f90ae7 "
      "--payload '{\"sku\":\"A-1\"}'\n"
      "  crier send --refresher 7c9e6679-7425-40de-944b-e07fc1f90ae7 --payload @change.json");
  return {app, [options](Session& session) { return run_send(session, *options); }};
}

}  // namespace crier::cli
