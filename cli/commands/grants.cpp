// SPDX-License-Identifier: MIT
#include "arguments.hpp"
#include "commands/commands.hpp"
#include "json.hpp"
#include "printable.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crier::cli {

namespace {

constexpr std::array<std::pair<std::string_view, RoleKind>, 5> kKinds = {{
    {"reader", RoleKind::reader},
    {"publisher", RoleKind::publisher},
    {"application", RoleKind::application},
    {"node", RoleKind::node},
    {"none", RoleKind::none},
}};

// ROLE=KIND; a role's name may hold '='.
RoleGrant parse_grant(const std::string& text) {
  const std::size_t split = text.rfind('=');
  if (split != std::string::npos && split != 0) {
    for (const auto& [name, kind] : kKinds) {
      if (text.substr(split + 1) == name) {
        return {text.substr(0, split), kind};
      }
    }
  }
  throw usage_error("--role " + in_quotes(text) +
                    " is not ROLE=KIND; kinds are reader, publisher, application, node and none");
}

int run_grants(Session& session, const std::vector<std::string>& texts) {
  std::vector<RoleGrant> grants;
  for (const std::string& text : texts) {
    grants.push_back(parse_grant(text));
  }
  const auto store = open_store(session.require_store());
  const std::string sql = store->connect(Access::read_only)->schema().grants(grants);
  session.put(session.json ? line_of({{"sql", sql}}) : sql.substr(0, sql.size() - 1));
  return 0;
}

}  // namespace

Command add_grants(CLI::App& root) {
  CLI::App* app =
      root.add_subcommand("grants", "Print the SQL that gives roles of a server what they need");
  auto roles = std::make_shared<std::vector<std::string>>();
  app->add_option("--role", *roles, "A role, and what it may do; may be given again for others")
      ->required()
      ->type_name("ROLE=KIND");
  app->footer(
      "Kinds, each with the least rights that it needs:\n"
      "  reader       looks: list, show, tail, nodes, status, failures, cache get\n"
      "  publisher    publishes, and no more: send\n"
      "  application  lets its news ride in transactions of its own, on its own connections\n"
      "  node         a node, and an operator: any of them may lead, and prunes then\n"
      "  none         nothing any more\n"
      "What else a role may do with crier's tables is taken away. Whoever migrated owns the "
      "tables,\n"
      "and runs this; nodes of crier 0.1 need what they had, so upgrade them first.\n"
      "\n"
      "Examples:\n"
      "  crier grants --role web=node --role import=publisher --role import=application\n"
      "  crier grants --role web=node | psql");
  return {app, [roles](Session& session) { return run_grants(session, *roles); }};
}

}  // namespace crier::cli
