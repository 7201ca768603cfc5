// SPDX-License-Identifier: MIT
#include "shells/run_program.hpp"

#include "cli/cluster.hpp"
#include "support/child.hpp"
#include "support/files.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace crier::test {

namespace {

std::string search_path() {
  const char* path = std::getenv("PATH");
  return path == nullptr ? "/usr/bin:/bin" : path;
}

}  // namespace

bool is_here(const std::string& program, const std::string& package) {
  std::istringstream folders(search_path());
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (access((folder + '/' + program).c_str(), X_OK) == 0) {
      return true;
    }
  }
  MESSAGE("SKIPPED: there is no " << program << " (Debian: " << package << ")");
  return false;
}

Ran run_program(const TempDir& folder, const Args& command, const std::string& store) {
  const std::string tools = std::filesystem::path(built_program("cli/crier")).parent_path();
  Args words{"/usr/bin/env",
             "-C",
             folder.path(),
             "PATH=" + tools + ':' + search_path(),
             "HOME=" + folder.path().string(),
             "CRIER_STORE=" + store};
  words.insert(words.end(), command.begin(), command.end());
  Child child(folder.path(), "child", words);
  const int code = child.wait();
  return {code, child.out(), child.err()};
}

std::string write_file(const TempDir& folder, const std::string& name, const std::string& text) {
  std::ofstream(folder / name, std::ios::binary) << text;
  return folder / name;
}

const std::vector<std::string>& hostile_names() {
  static const std::vector<std::string> names = sorted({"  blanks ",
                                                        "$(touch struck)",
                                                        "`touch struck`",
                                                        "x;touch struck",
                                                        "x|touch struck",
                                                        "x&&touch struck",
                                                        "x>struck",
                                                        "It's",
                                                        "a \"quoted\" one",
                                                        "back\\slash",
                                                        "*",
                                                        "~",
                                                        "{a,b}",
                                                        "x!y",
                                                        "#x",
                                                        "a:b=c@d",
                                                        "Gr\u00f6\u00dfe",
                                                        "$HOME",
                                                        "x\\'\"$(touch struck)",
                                                        "-x"});
  return names;
}

void declare_hostile_names(const Database& database) {
  std::vector<std::pair<std::string, std::string>> refreshers;
  for (const std::string& name : hostile_names()) {
    refreshers.emplace_back(Guid::random().to_string(), name);
  }
  declare(database, report_of("web-1"), refreshers);
}

std::string typed(const cli::CommandInfo& command) {
  const std::string name = command.full_name();
  return command.path.size() == 1 ? "" : name.substr(name.find(' ') + 1);
}

std::vector<std::string> sorted(std::vector<std::string> words) {
  std::ranges::sort(words);
  return words;
}

std::vector<std::string> command_names(const cli::CommandInfo& command) {
  std::vector<std::string> names;
  for (const cli::CommandInfo& one : command.commands) {
    names.push_back(one.name());
  }
  return sorted(names);
}

}  // namespace crier::test
