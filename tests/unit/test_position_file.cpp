// SPDX-License-Identifier: MIT
#include "keeper/file_lock.hpp"
#include "keeper/position_file.hpp"
#include "support/errors.hpp"
#include "support/temp_dir.hpp"
#include "support/unprivileged.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <sys/stat.h>
#include <vector>

namespace crier::test {
namespace {

struct PositionFileFixture {
  TempDir dir;
  const std::string path = dir / "web-1.position";
  const PositionFile file{path, "sqlite:shop.db", "web-1"};

  [[nodiscard]] std::string text() const {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator(in), {}};
  }
  void write(const std::string& text) const { std::ofstream(path, std::ios::binary) << text; }
};

TEST_CASE_FIXTURE(PositionFileFixture, "a position that was saved is loaded again") {
  for (const Cursor& cursor :
       std::vector<Cursor>{{},
                           {{1}, {0}},
                           {{42}, {0xFFFFFFFFFFFFFFFF}},
                           {{std::numeric_limits<std::int64_t>::max()}, {1}}}) {
    file.save(cursor);
    CHECK(file.load().cursor == cursor);
    CHECK(file.load().problem.empty());
  }
}

TEST_CASE_FIXTURE(PositionFileFixture, "a file that is not there yet is no problem") {
  CHECK_FALSE(file.load().cursor);
  CHECK(file.load().problem.empty());
}

TEST_CASE_FIXTURE(PositionFileFixture, "people can read what it says") {
  file.save({{42}, {0xAB}});
  CHECK(
      text().starts_with("crier position 1\nentry 42\nfingerprint 00000000000000ab\n"
                         "node web-1\nlog sqlite:shop.db\nchecksum "));
}

TEST_CASE_FIXTURE(PositionFileFixture, "a position of another node or log is not used") {
  file.save({{42}, {1}});
  for (const PositionFile& other : {PositionFile(path, "sqlite:shop.db", "web-2"),
                                    PositionFile(path, "sqlite:b.db", "web-1")}) {
    CHECK_FALSE(other.load().cursor);
    CHECK(other.load().problem == "the position file '" + path +
                                      "' is damaged, or of another node or log, and is replaced");
  }
}

TEST_CASE_FIXTURE(PositionFileFixture,
                  "whatever byte is lost or changed, the position is not used") {
  file.save({{42}, {1}});
  const std::string good = text();
  for (std::size_t i = 0; i < good.size(); ++i) {
    CAPTURE(i);
    std::string changed = good;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    for (const std::string& bad : {good.substr(0, i), changed}) {
      write(bad);
      const bool refused = bad.empty() || bad.starts_with("crier position 1\n")
                               ? !file.load().cursor && !file.load().problem.empty()
                               : !error_of([&] { static_cast<void>(file.load()); }).retryable();
      CHECK(refused);
    }
  }
  write(good + "\n");
  CHECK_FALSE(file.load().cursor);
}

TEST_CASE_FIXTURE(PositionFileFixture, "a file that is somebody else's is refused, and stays") {
  for (const std::string& other :
       {std::string("SQLite format 3\0", 16), std::string("\n"), std::string(1 << 20, 'x')}) {
    write(other);
    const Error error = error_of([&] { static_cast<void>(file.load()); });
    CHECK(std::string(error.what()) ==
          "the file '" + path + "' is not a position file of crier's; name another one");
    CHECK(text() == other);
  }
}

TEST_CASE_FIXTURE(PositionFileFixture, "a folder or a pipe in its place is an error, not a hang") {
  std::filesystem::create_directory(path);
  CHECK(std::string(error_of([&] { static_cast<void>(file.load()); }).what()) ==
        "the file '" + path + "' is not a position file of crier's; name another one");
  CHECK(std::string(error_of([&] { file.save({}); }).what()) ==
        "can't replace the position file '" + path + "': Is a directory");
  std::filesystem::remove(path);
  REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  CHECK(std::string(error_of([&] { static_cast<void>(file.load()); }).what())
            .ends_with("is not a position file of crier's; name another one"));
}

TEST_CASE_FIXTURE(PositionFileFixture, "where it can't be written, what was saved stays") {
  file.save({{42}, {1}});
  std::filesystem::permissions(dir.path(), std::filesystem::perms(0555));
  {
    const Unprivileged nobody;
    CHECK(std::string(error_of([&] {
                        file.save({{43}, {1}});
                      }).what()) ==
          "can't write the position file '" + path + "': Permission denied");
  }
  std::filesystem::permissions(dir.path(), std::filesystem::perms(0755));
  CHECK(file.load().cursor == Cursor{{42}, {1}});
  file.save({{43}, {1}});
  CHECK(file.load().cursor == Cursor{{43}, {1}});
}

TEST_CASE_FIXTURE(PositionFileFixture, "a folder that is not there is named") {
  const PositionFile lost(dir / "none" / "x", "a", "b");
  CHECK_FALSE(lost.load().cursor);
  CHECK(
      std::string(error_of([&] { lost.save({}); }).what()).ends_with("No such file or directory"));
}

TEST_CASE_FIXTURE(PositionFileFixture, "a lock is held by one at a time, in one process as well") {
  {
    const FileLock first(path + ".lock");
    CHECK(std::string(error_of([&] { const FileLock second(path + ".lock"); }).what()) ==
          "'" + path +
              ".lock' is locked: another node keeps its position there; give each its own");
  }
  const FileLock again(path + ".lock");
  CHECK(std::string(error_of([&] { const FileLock lost(dir / "none" / "x"); }).what())
            .ends_with("No such file or directory"));
}

}  // namespace
}  // namespace crier::test
