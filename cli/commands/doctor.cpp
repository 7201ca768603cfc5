// SPDX-License-Identifier: MIT
#include "checkup.hpp"
#include "commands/commands.hpp"
#include "json.hpp"
#include "printable.hpp"
#include "table.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace crier::cli {

namespace {

std::string_view name_of(SetupVerdict verdict) {
  switch (verdict) {
    case SetupVerdict::ok:
      return "ok";
    case SetupVerdict::warning:
      return "warning";
    case SetupVerdict::wrong:
      return "wrong";
  }
  return "";
}

Json json_of(const SetupCheck& check) {
  return {{"check", check.check},
          {"verdict", name_of(check.verdict)},
          {"found", check.found},
          {"mend", or_null(!check.mend.empty(), check.mend)}};
}

Cell verdict_cell(SetupVerdict verdict) {
  Cell cell{std::string(name_of(verdict))};
  if (verdict != SetupVerdict::ok) {
    cell.tone = verdict == SetupVerdict::wrong ? Tone::problem : Tone::warning;
  }
  return cell;
}

// A line for each check, and more if what it says is long.
std::vector<std::string> lines_of(const std::vector<SetupCheck>& checks, const Paint& paint) {
  std::size_t verdicts = 0, names = 0;
  for (const SetupCheck& check : checks) {
    verdicts = std::max(verdicts, name_of(check.verdict).size());
    names = std::max(names, check.check.size());
  }
  const std::size_t left = kTerminalColumns - verdicts - names - 4;  // two blanks after each
  std::vector<std::vector<Cell>> rows;
  for (const SetupCheck& check : checks) {
    const auto add = [&](const std::string& text) {
      for (const std::string& line : wrap(printable(text), left)) {
        rows.push_back({{""}, {""}, {line}});
      }
    };
    const std::size_t first = rows.size();
    add(check.found);
    rows[first][0] = verdict_cell(check.verdict);
    rows[first][1] = {check.check};
    if (!check.mend.empty()) {
      add("mend: " + check.mend);
    }
  }
  return align(rows, paint);
}

int run_doctor(Session& session) {
  const Checkup found = check_up(session.require_store());
  if (session.json) {
    for (const SetupCheck& check : found.checks) {
      session.put(line_of(json_of(check)));
    }
  } else {
    for (const std::string& line : lines_of(found.checks, session.paint)) {
      session.put(line);
    }
  }
  if (!found.could_look) {
    return kCouldNotLook;
  }
  const bool any_wrong = std::ranges::find(found.checks, SetupVerdict::wrong,
                                           &SetupCheck::verdict) != found.checks.end();
  return any_wrong ? kNotSo : 0;
}

}  // namespace

Command add_doctor(CLI::App& root) {
  CLI::App* app =
      root.add_subcommand("doctor", "Check the whole set-up, and say how to mend what is wrong");
  app->footer(
      "A line for each check: ok, warning or wrong, what was found, and how to mend it. Looks at "
      "the tables, at what the database stands on, at what this user may do, and at\n"
      "the nodes. It measures how fast nodes are woken, and tries whether an entry can be\n"
      "written; that is undone. It changes nothing, and may run beside nodes. crier status\n"
      "judges a running log by limits that you set.\n"
      "\n"
      "Exits 0 if nothing is wrong, 3 if something is, and 4 if it could not look. A warning is "
      "something that works now, and may not for ever.\n"
      "\n"
      "Examples:\n"
      "  crier doctor\n"
      "  crier doctor --json");
  return {app, run_doctor};
}

}  // namespace crier::cli
