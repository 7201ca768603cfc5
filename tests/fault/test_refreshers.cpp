// SPDX-License-Identifier: MIT
// Refreshers that fail or hang, in nodes that run.
#include "fault/crew.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>

namespace crier::test {
namespace {

// A door at which calls wait until it is opened, at the latest with its end.
class Door {
 public:
  ~Door() { open(); }
  Door() = default;
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

  void wait() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    opened_.wait(lock, [this] { return open_; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }
  [[nodiscard]] bool is_waited_at() const {
    const std::lock_guard lock(mutex_);
    return waiting_ > 0;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable opened_;
  int waiting_ = 0;  // guarded by mutex_, as is the next
  bool open_ = false;
};

// A node with a second refresher, whose calls `orders_do` decides.
struct Patient {
  Record record;
  std::shared_ptr<RecordingObserver> observer = std::make_shared<RecordingObserver>();
  std::shared_ptr<RecordingRefresher> products =
      std::make_shared<RecordingRefresher>(kProducts, "products", record);
  std::shared_ptr<RecordingRefresher> orders =
      std::make_shared<RecordingRefresher>(kOrders, "orders", record);
  std::unique_ptr<Node> node;

  Patient(Options options, std::function<void(const std::string&)> orders_do) {
    orders->before = std::move(orders_do);
    Registry registry;
    registry.add(products);
    registry.add(orders);
    options.observer = observer;
    options.log = [](LogLevel, std::string_view) {};
    options.poll_interval = 1ms;
    node = std::make_unique<Node>(std::move(options), std::move(registry));
    node->start();
  }
  [[nodiscard]] Lines lines_of(const std::string& name) const {
    Lines lines;
    for (const std::string& line : record.lines()) {
      if (line.starts_with(name)) {
        lines.push_back(line);
      }
    }
    return lines;
  }
  [[nodiscard]] bool is_in(RefresherState state) const {
    const std::vector<RefresherTrouble> troubles = node->freshness().troubles;
    return std::any_of(troubles.begin(), troubles.end(), [&](const RefresherTrouble& trouble) {
      return trouble.refresher == kOrders && trouble.state == state;
    });
  }
};

struct RefresherFixture : Crew {
  // An entry for both refreshers.
  EntryId write_both(std::int64_t id) const {
    return write(
        {Instruction::refresh_by_id(kOrders, id), Instruction::refresh_by_id(kProducts, id)});
  }
  [[nodiscard]] std::vector<FailureRecord> quarantine() const {
    return connect()->failures().list();
  }
  // What `node` says of its refreshers, to others.
  [[nodiscard]] std::string told(const std::string& node) const {
    std::string told;
    for (const NodeRecord& record : connect()->nodes().list()) {
      if (record.name == node) {
        for (const std::string& trouble : record.troubles) {
          told += trouble + "\n";
        }
      }
    }
    return told;
  }
};

TEST_CASE_FIXTURE(RefresherFixture, "a refresher throws twice, then goes well: nothing is lost") {
  std::atomic<int> left = 2;
  Patient node(quick("node"), [&](const std::string& what) {
    if (what == "refresh 1" && left-- > 0) {
      throw std::runtime_error("not yet");
    }
  });
  write_both(1);
  const EntryId last = write_both(2);
  CHECK(node.node->wait_applied(last, 20s));
  CHECK(node.lines_of("orders") == Lines{"orders refresh 1", "orders refresh 2"});
  CHECK(node.lines_of("products") == Lines{"products refresh 1", "products refresh 2"});
  CHECK(node.node->counters().retries == 2);
  CHECK(quarantine().empty());
}

TEST_CASE_FIXTURE(RefresherFixture,
                  "a refresher throws always: quarantine, and a full refresh of it alone") {
  Patient node(quick("node"), [](const std::string& what) {
    if (what == "refresh 1") {
      throw std::runtime_error("never that one");
    }
  });
  const EntryId bad = write_both(1);
  const EntryId last = write_both(2);
  CHECK(node.node->wait_applied(last, 20s));
  // The second, which waited behind the first, is in the full refresh, or follows it.
  CHECK(has(node.record, "orders all"));
  CHECK_FALSE(has(node.record, "orders refresh 1"));
  CHECK(node.lines_of("products") == Lines{"products refresh 1", "products refresh 2"});
  REQUIRE(eventually([&] { return quarantine().size() == 1; }));
  const FailureRecord failure = quarantine().front();
  CHECK(failure.entry == bad);
  CHECK(failure.index == 0);
  CHECK(failure.refresher == kOrders);
  CHECK(failure.name == "orders");
  CHECK(failure.node == "node");
  CHECK(failure.attempts == 4);
  CHECK(failure.error.find("never that one") != std::string::npos);
  CHECK(node.node->counters().resyncs == 0);
}

TEST_CASE_FIXTURE(RefresherFixture,
                  "a full refresh fails, too: stale, named to other nodes, and well again") {
  std::atomic<bool> broken = true;
  Options options = quick("node");
  options.retry.longest_delay = 1ms;
  Patient node(options, [&](const std::string&) {
    if (broken) {
      throw std::runtime_error("no connection");
    }
  });
  const EntryId bad = write_both(1);
  REQUIRE(eventually([&] { return node.is_in(RefresherState::stale); }));
  CHECK(eventually([&] {
    const std::string told = this->told("node");
    return told.find("orders") != std::string::npos && told.find("stale") != std::string::npos;
  }));
  // Others go on meanwhile; the position does not.
  const EntryId last = write_both(2);
  CHECK(eventually([&] { return node.lines_of("products").size() == 2; }));
  CHECK(node.node->position() < bad);
  CHECK_FALSE(node.node->wait_applied(last, 0ms));
  broken = false;
  CHECK(node.node->wait_applied(last, 20s));
  CHECK(node.node->freshness().troubles.empty());
  CHECK(has(node.record, "orders all"));
  CHECK(eventually([&] { return told("node").empty(); }));
}

TEST_CASE_FIXTURE(RefresherFixture, "a refresher hangs: reported, and everything else goes on") {
  Door door;
  Options options = quick("node");
  options.refresher_deadline = 300ms;
  Patient node(options, [&](const std::string& what) {
    if (what == "refresh 1") {
      door.wait();
    }
  });
  const EntryId stuck = write_both(1);
  REQUIRE(eventually([&] { return door.is_waited_at(); }));
  REQUIRE(eventually([&] { return node.is_in(RefresherState::stuck); }));
  const EntryId last = write_both(2);
  CHECK(eventually([&] {
    return node.lines_of("products") == Lines{"products refresh 1", "products refresh 2"};
  }));
  CHECK(node.node->position() < stuck);
  CHECK(eventually([&] {
    const std::string told = this->told("node");
    return told.find("orders") != std::string::npos && told.find("stuck") != std::string::npos &&
           told.find(stuck.to_string()) != std::string::npos;
  }));
  CHECK(eventually([&] { return node.node->counters().stuck == 1; }));  // once the others go on
  door.open();
  CHECK(node.node->wait_applied(last, 20s));
  CHECK(has(node.record, "orders all"));
  CHECK(node.node->freshness().troubles.empty());
}

TEST_CASE_FIXTURE(RefresherFixture, "a refresher throws what is no exception of std's") {
  Patient node(quick("node"), [](const std::string& what) {
    if (what == "refresh 1") {
      throw 7;  // NOLINT(hicpp-exception-baseclass): that is what is tested
    }
  });
  CHECK(node.node->wait_applied(write_both(1), 20s));
  REQUIRE(eventually([&] { return quarantine().size() == 1; }));
  CHECK(quarantine().front().error.find("not a std::exception") != std::string::npos);
}

TEST_CASE_FIXTURE(RefresherFixture, "a refresher publishes and uses the database") {
  Node* self = nullptr;
  Patient node(quick("node"), [&](const std::string& what) {
    if (what == "refresh 1") {
      static_cast<void>(self->nodes());
      self->cache().refresh(kProducts, 10);
    }
  });
  self = node.node.get();
  Member& other = join(quick("other"));
  CHECK(node.node->wait_applied(write_both(1), 20s));
  CHECK(eventually([&] { return has(other.record, "products refresh 10"); }));
}

TEST_CASE_FIXTURE(RefresherFixture, "a node is stopped and destroyed while a refresher hangs") {
  Door door;
  {
    Options options = quick("node");
    options.refresher_deadline = 300ms;
    options.stop_deadline = 10ms;
    Patient node(options, [&](const std::string&) { door.wait(); });
    write_both(1);
    REQUIRE(eventually([&] { return door.is_waited_at(); }));
    SUBCASE("stopped first") {
      node.node->stop();
      CHECK_FALSE(node.node->running());
      CHECK(connect()->nodes().list().at(0).state == NodeState::stopped);
    }
    SUBCASE("destroyed at once") { node.node.reset(); }
    door.open();
    // What hung still uses what is the test's.
    CHECK(eventually([&] { return !node.lines_of("orders").empty(); }));
  }
  CHECK(is_sound());
}

}  // namespace
}  // namespace crier::test
