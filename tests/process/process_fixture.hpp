// SPDX-License-Identifier: MIT
#pragma once

#include "process/test_database.hpp"
#include "support/child.hpp"
#include "support/eventually.hpp"
#include "support/files.hpp"
#include "support/recording.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace crier::test {

using std::chrono::seconds;

/// A database of its own, and the tool as real processes on it.
struct Fixture {
  TempDir dir;
  const std::unique_ptr<TestDatabase> database;
  const std::string url = database->url("20s");
  int runs = 0;

  /// In a file: dir / "shop.db".
  Fixture() : Fixture(make_sqlite_database) {}
  explicit Fixture(const TestDatabaseMaker& make) : database(make(dir)) {
    REQUIRE(run({"migrate"}).code == 0);
  }

  struct Result {
    int code;
    Lines out;
    Lines err;
  };

  std::unique_ptr<Child> start(const std::string& name, std::vector<std::string> words) {
    words.insert(words.begin(), {built_program("cli/crier"), "--store", url});
    return std::make_unique<Child>(dir.path(), name, words);
  }

  Result run(const std::vector<std::string>& words) {
    const auto child = start("run" + std::to_string(++runs), words);
    const int code = child->wait();
    return {code, child->out(), child->err()};
  }

  /// A node that is ready: it has said from which entry it follows.
  std::unique_ptr<Child> start_node(const std::string& name,
                                    const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"node", "--name", name, "--json"};
    words.insert(words.end(), more.begin(), more.end());
    auto child = start(name, words);
    REQUIRE(eventually([&] {
      const Lines said = child->err();
      return std::any_of(said.begin(), said.end(), [](const std::string& line) {
        return line.find("following") != std::string::npos;
      });
    }));
    return child;
  }

  void stop(Child& child, int number) {
    child.signal(number);
    CHECK(child.wait() == 0);
  }
};

/// The same on each store, one after the other.
struct EachStore : Fixture {
  EachStore() : Fixture(each_store()) {}
};

inline bool has_lines(const Child& child, std::size_t count) {
  return eventually([&] { return child.out().size() >= count; }, seconds(60));
}

}  // namespace crier::test
