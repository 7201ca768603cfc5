// SPDX-License-Identifier: MIT
#pragma once

#include "support/forked.hpp"
#include "support/sqlite_calls.hpp"

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>
#include <unistd.h>

namespace crier::test {

/// Runs `call` while another process is in a transaction that writes `sql`: what `call` reads at
/// first is as before, and when it gets the lock itself, that is committed.
template <class Call>
void while_another_writes(const std::string& path, const std::string& sql, Call call) {
  std::array<int, 2> locked{}, release{};
  REQUIRE(pipe(locked.data()) == 0);
  REQUIRE(pipe(release.data()) == 0);
  char byte = 0;
  Forked other([&] {
    SQLite::Database raw(path, SQLite::OPEN_READWRITE);
    raw.exec("BEGIN IMMEDIATE; " + sql);
    const bool told = write(locked[1], &byte, 1) == 1 && read(release[0], &byte, 1) == 1;
    raw.exec("COMMIT");
    return told ? 0 : 1;
  });
  REQUIRE(read(locked[0], &byte, 1) == 1);

  constexpr int kSomeTries = 50;
  int calls = 0;
  const SqliteCalls gate([&](std::string_view) {
    if (++calls == kSomeTries) {
      CHECK(write(release[1], &byte, 1) == 1);
      CHECK(other.wait() == 0);
    }
    return 0;
  });
  call();
  CHECK(calls > kSomeTries);
  for (const int end : {locked[0], locked[1], release[0], release[1]}) {
    close(end);
  }
}

}  // namespace crier::test
