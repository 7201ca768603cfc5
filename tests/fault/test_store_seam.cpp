// SPDX-License-Identifier: MIT
// Each call that a node makes to its store fails once, in each way, before it has done its work or
// after: the nth call of a small life, for n = 1, 2, 3, ... until a life ends without a fault.
#include <crier/admin/store.hpp>
#include <crier/admin/wait.hpp>
#include <crier/codec.hpp>

#include "contract/memory_cluster_store.hpp"
#include "contract/sqlite_test_store.hpp"
#include "fault/life.hpp"
#include "support/effort.hpp"
#include "support/entries.hpp"
#include "support/faulty_store.hpp"
#include "support/faulty_vfs.hpp"
#include "support/test_store.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

// What an application and an operator do to one node while another program writes, too.
class Life {
 public:
  Life(ClusterStore& world, FaultyStore& store, StoreFault fault)
      : world_(world), store_(store), fault_(fault) {}

  void live() {
    attempt([&] {
      const auto connection = store_.connect(Access::create);
      connection->schema().migrate();
      const SchemaStatus status = connection->schema().status();
      CHECK(status.state == SchemaState::current);
    });
    incarnation([&](SteppedNode& node) {
      publish(node, 1);
      other_writes(2);
      append(*real_, new_entry(encode(std::vector{Instruction::refresh_by_id(kProducts, kBad)})));
      node.poll();
      pass(node, 2h);  // more than is retained
      publish(node, 3);
      node.poll();
      for (int i = 0; i < 2; ++i) {
        pass(node, 4s);  // leads, watches, prunes
      }
      attempt([&] { look(node); });
      other_writes(4);
      node.poll();
    });
    other_writes(5);
    incarnation([&](SteppedNode& node) { publish(node, 6); });
  }

 private:
  void incarnation(const std::function<void(SteppedNode&)>& body) {
    std::optional<SteppedNode> started;
    attempt([&] {
      started.emplace(store_, truth_, cache_);
      started->start(now_);
    });
    SteppedNode& node = *started;
    body(node);
    // The fault is over now, at the latest with this step: one more is enough.
    node.poll();
    node.poll();
    const EntryId newest = log().newest().id;
    CHECK(node.position() == newest);
    CHECK(cache_ == truth_);
    node.leave();
    check_log();
    // Superseded by the full refresh where the database seemed to be another one.
    const std::size_t recorded = real_->failures().list().size();
    CHECK(recorded <= 1);
    CHECK((recorded == 1 || fault_ == StoreFault::replaced));
  }

  // What fails is tried again, as an application would.
  void attempt(const std::function<void()>& body) {
    for (int tries = 0; tries < 2; ++tries) {
      try {
        body();
        return;
      } catch (const Error& error) {
        CHECK(fault_ != StoreFault::out_of_memory);
        CHECK(error.retryable() == (fault_ == StoreFault::busy));
        CHECK(error.replaced() == (fault_ == StoreFault::replaced));
      } catch (const std::bad_alloc&) {
        CHECK(fault_ == StoreFault::out_of_memory);
      }
    }
    FAIL("failed twice");
  }

  void publish(SteppedNode& node, std::int64_t number) {
    truth_.insert(number);
    const Instruction instruction = Instruction::refresh_by_ids(kProducts, {number});
    attempt([&] {
      const EntryId id = node.publish(number);
      acknowledged_.insert(id.value);
      // Not only an entry of that id: the one that was published.
      CHECK(log().find(id).value_or(Entry{}).json_instruction == encode({&instruction, 1}));
    });
  }
  void other_writes(std::int64_t number) {
    truth_.insert(number);
    const std::string json = encode(std::vector{Instruction::refresh_by_id(kProducts, number)});
    acknowledged_.insert(append(*real_, new_entry(json)).value);
  }
  void pass(SteppedNode& node, std::chrono::milliseconds duration) {
    world_.pass(duration);
    now_ += duration;
    node.tick(now_);
  }
  void look(const SteppedNode& node) {
    const auto connection = store_.connect(Access::read_write);
    const WaitResult result = wait_everywhere(*connection, node.position(), {0ms, {}, {}});
    CHECK(result.reached.size() + result.waiting.size() <= 1);
    const std::size_t nodes = connection->nodes().list().size();
    const std::size_t failures = connection->failures().list().size();
    CHECK(nodes <= 1);
    CHECK(failures <= 1);
  }

  InstructionLog& log() { return real_->log(); }
  void check_log() {
    const EntryId pruned = log().pruned_through();
    std::int64_t expected = pruned.value;
    for (const Entry& entry : log().read_after({}).entries) {
      CHECK(entry.id.value == ++expected);
      acknowledged_.erase(entry.id.value);
    }
    std::erase_if(acknowledged_, [&](std::int64_t id) { return id <= pruned.value; });
    CHECK(acknowledged_.empty());
  }

  ClusterStore& world_;
  FaultyStore& store_;
  const StoreFault fault_;
  const std::unique_ptr<Store> behind_ = world_.open();
  const std::unique_ptr<Connection> real_ = behind_->connect(Access::read_write);
  Keeper::Time now_ = Position::Clock::now();
  Numbers truth_;
  Numbers cache_;
  std::set<std::int64_t> acknowledged_;
};

using MakeWorld = std::function<std::unique_ptr<ClusterStore>()>;

// `step` from one life to the next; each call is met if it is 1.
void live_through(StoreFault fault, const MakeWorld& make_world, int step = 1) {
  for (const auto moment : {FaultyStore::Moment::before, FaultyStore::Moment::after}) {
    const bool answer_is_lost = moment == FaultyStore::Moment::after;
    CAPTURE(answer_is_lost);
    std::set<std::string> failed;
    int nth = 1;
    for (bool clean = false; !clean; nth += step) {
      CAPTURE(nth);
      const auto world = make_world();
      const std::unique_ptr<Store> real = world->open();
      FaultyStore store(*real);
      store.arm(nth, fault, moment);
      Life(*world, store, fault).live();
      clean = store.failed().empty();
      failed.insert(store.failed());
    }
    for (const char* call :
         {"connect", "migrate", "append", "read_after", "newest", "position_requests",
          "publish_position", "beat", "hold", "prune", "save_position", "claim_position", "goodbye",
          "record", "send_canary"}) {
      CAPTURE(call);
      CHECK((step != 1 || failed.contains(call)));
    }
  }
}

void live_through_in_memory(StoreFault fault) { live_through(fault, make_memory_cluster_store); }
// For the two ways in which a connection fares afterwards: it is kept, or another one is opened.
void live_through_on_each_store(StoreFault fault) {
  live_through_in_memory(fault);
  const FaultyVfs quick([](std::string_view) { return 0; });
  live_through(fault, make_sqlite_test_store, kSanitized ? 5 : 1);
}

TEST_CASE("any call to the store may be busy") { live_through_on_each_store(StoreFault::busy); }

TEST_CASE("any call to the store may find the disk full") {
  live_through_in_memory(StoreFault::full);
}

TEST_CASE("any call to the store may meet an I/O error") {
  live_through_on_each_store(StoreFault::io);
}

TEST_CASE("any call to the store may find it corrupt") {
  live_through_in_memory(StoreFault::corrupt);
}

TEST_CASE("any call to the store may find it replaced") {
  live_through_in_memory(StoreFault::replaced);
}

TEST_CASE("any call to the store may run out of memory") {
  live_through_in_memory(StoreFault::out_of_memory);
}

}  // namespace
}  // namespace crier::test
