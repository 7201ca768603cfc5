// SPDX-License-Identifier: MIT
#include "base/quoting.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace crier::test {
namespace {

TEST_CASE("a shell takes a word as it was") {
  CHECK(shell_word("sqlite:/a/x-1_2.db?table") == "'sqlite:/a/x-1_2.db?table'");
  CHECK(shell_word("Az09_-./:%=+,@") == "Az09_-./:%=+,@");
  CHECK(shell_word("") == "''");
  CHECK(shell_word("two words") == "'two words'");
  CHECK(shell_word("it's $(x)") == "'it'\\''s $(x)'");
  CHECK(shell_word("'") == "''\\'''");
  CHECK(shell_word("a\nb\\") == "'a\nb\\'");
  CHECK(shell_word("caf\u00e9") == "'caf\u00e9'");
  CHECK(shell_word("~") == "'~'");
}

TEST_CASE("a command line that somebody else has written is one command") {
  const auto again = [](const std::vector<std::string>& words) {
    std::string line;
    for (const std::string& word : words) {
      line += (line.empty() ? "" : " ") + shell_word(word);
    }
    return line;
  };
  const std::string usual = again({"crier", "--table", "it's \"so\"", "", "a\\b", "$(x)"});
  CHECK(shell_line(usual) == usual);
  CHECK(shell_line("crier --table ''\"x\"''; touch /tmp/owned; # '") ==
        "crier --table '\"x\";' touch '/tmp/owned;' '#' ''");
  CHECK(shell_line("a `b` $(c) d&e|f\ng") == "a '`b`' '$(c)' 'd&e|f\ng'");
  CHECK(shell_line("") == "");
  CHECK(shell_line("a\\") == "'a\\'");
  CHECK(shell_line("'a b") == "'a b'");
}

TEST_CASE("names and texts stand in SQL with their quotes doubled") {
  CHECK(sql_name("") == R"("")");
  CHECK(sql_name("crierLog") == R"("crierLog")");
  CHECK(sql_name(R"(a"b'c)") == R"("a""b'c")");
  CHECK(sql_literal("") == "''");
  CHECK(sql_literal(R"(it's "so")") == R"('it''s "so"')");
}

TEST_CASE("the start of a text is shown in ASCII") {
  CHECK(quoted_start("") == R"("")");
  CHECK(quoted_start("a\n\x7f\u00e9") == R"("a\x0a\x7f\xc3\xa9")");
  CHECK(quoted_start(std::string(40, 'a')) == '"' + std::string(40, 'a') + '"');
  CHECK(quoted_start(std::string(41, 'a')) == '"' + std::string(40, 'a') + "...\"");
}

}  // namespace
}  // namespace crier::test
