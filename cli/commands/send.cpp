// SPDX-License-Identifier: MIT
#include <crier/admin/identity.hpp>
#include <crier/codec.hpp>

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "json.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace crier::cli {

namespace {

struct SendOptions {
  std::string refresher;
  bool all = false;
  std::vector<std::string> ids;
  std::vector<std::string> guids;
  std::vector<std::string> removed;
  std::optional<std::string> payload;
};

Guid refresher_of(const SendOptions& options) {
  const Guid refresher = parse_guid("--refresher", options.refresher);
  if (refresher.empty()) {
    throw usage_error("--refresher: this GUID is empty, and no refresher can bear it");
  }
  return refresher;
}

// As Umbraco writes them: all ids in one instruction, but one each for GUIDs and for removed ids.
std::vector<Instruction> instructions_of(const SendOptions& options, std::istream& in) {
  const Guid refresher = refresher_of(options);
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
  const std::vector<Instruction> instructions = instructions_of(options, session.streams.in);
  const std::vector<NewEntry> entries =
      make_entries(instructions, Identity::of_this_process("crier").originated());
  const OpenLog log = session.open(Access::read_write);
  const std::int64_t last = log->append(entries).value;
  // More than one only where there are more instructions than an entry may hold.
  for (std::int64_t id = last - std::ssize(entries) + 1; id <= last; ++id) {
    session.put(session.json ? line_of({{"id", id}}) : std::to_string(id));
  }
  if (!session.streams.out.flush()) {
    session.say("entry " + std::to_string(last) + " was written all the same");
  }
  return 0;
}

}  // namespace

Command add_send(CLI::App& root) {
  CLI::App* app = root.add_subcommand("send", "Publish an instruction; prints the new entry's id");
  auto options = std::make_shared<SendOptions>();
  app->add_option("--refresher", options->refresher, "Whose cache it is")
      ->required()
      ->type_name("GUID");
  app->add_flag("--all", options->all, "Everything has changed");
  app->add_option("--id", options->ids, "These have changed")->type_name("ID");
  app->add_option("--guid", options->guids, "These have changed")->type_name("GUID");
  app->add_option("--remove", options->removed, "These are gone")->type_name("ID");
  app->add_option("--payload", options->payload, "JSON; @FILE reads a file, - standard input")
      ->type_name("TEXT");
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
