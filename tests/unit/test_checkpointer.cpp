// SPDX-License-Identifier: MIT
#include "store/sqlite/checkpointer.hpp"
#include "support/eventually.hpp"
#include "support/forked.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

namespace crier::test {
namespace {

using sqlite::Checkpointer;

constexpr int kPages = Checkpointer::kPages;

// Counts at the end of a thread.
struct AtEnd {
  ~AtEnd() { ++*count; }
  std::atomic<int>* count;
};

// Counts the copies, which end at once unless they are held.
struct Copies {
  std::atomic<int> begun = 0;
  std::atomic<int> ended = 0;  // and their threads
  std::atomic<bool> held = false;
  std::atomic<std::thread::id> thread;
  std::optional<Checkpointer> checkpointer{std::in_place, [this] {
                                             const thread_local AtEnd end{&ended};
                                             thread = std::this_thread::get_id();
                                             ++begun;
                                             while (held) {
                                               std::this_thread::yield();
                                             }
                                           }};

  // So many, once all that were asked for have ended.
  int in_all() {
    checkpointer.reset();
    return begun;
  }

  // A commit that leaves `pages` brings them to `copies`.
  void commit(int pages, int copies) {
    CHECK_FALSE(checkpointer->committed(pages));
    CHECK(eventually([&] { return begun == copies && ended == copies; }, std::chrono::seconds(20)));
  }
};

TEST_CASE("a log is copied by another thread, and not again at once") {
  Copies copies;
  copies.commit(kPages - 1, 0);
  copies.commit(kPages, 1);
  CHECK(copies.thread.load() != std::this_thread::get_id());
  copies.commit(kPages + 1, 1);
  CHECK(copies.in_all() == 1);
}

TEST_CASE("a log is copied again once as much has come on top") {
  Copies copies;
  copies.commit(kPages, 1);
  copies.commit(2 * kPages - 1, 1);
  copies.commit(2 * kPages, 2);
  CHECK(copies.in_all() == 2);
}

TEST_CASE("a log that has begun anew is copied as the first was") {
  Copies copies;
  copies.commit(kPages + 7, 1);
  copies.commit(1, 1);
  copies.commit(kPages, 2);
}

TEST_CASE("who commits while a log is copied asks for nothing, until the log is too long") {
  Copies copies;
  copies.held = true;
  CHECK_FALSE(copies.checkpointer->committed(kPages));
  REQUIRE(eventually([&] { return copies.begun == 1; }));
  CHECK_FALSE(copies.checkpointer->committed(2 * kPages));
  CHECK_FALSE(copies.checkpointer->committed(Checkpointer::kMostPages - 1));
  CHECK(copies.checkpointer->committed(Checkpointer::kMostPages));
  copies.held = false;
  CHECK(copies.in_all() == 1);
}

TEST_CASE("a child may drop what its parent's thread copies") {
  Copies copies;
  copies.held = true;
  CHECK_FALSE(copies.checkpointer->committed(kPages));
  REQUIRE(eventually([&] { return copies.begun == 1; }));
  Forked child([&] {
    copies.checkpointer.reset();
    return 0;
  });
  CHECK(child.wait() == 0);
  copies.held = false;
}

}  // namespace
}  // namespace crier::test
