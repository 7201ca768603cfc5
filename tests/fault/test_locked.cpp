// SPDX-License-Identifier: MIT
// Another process holds the database.
#include "fault/crew.hpp"
#include "support/errors.hpp"
#include "support/forked.hpp"

#include <array>
#include <atomic>
#include <unistd.h>

namespace crier::test {
namespace {

// A pipe with bytes as signals.
class Signal {
 public:
  Signal() { REQUIRE(pipe(ends_.data()) == 0); }
  ~Signal() {
    close(ends_[0]);
    close(ends_[1]);
  }
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;
  void give() const { static_cast<void>(!write(ends_[1], "x", 1)); }
  void await() const {
    char ignored = 0;
    static_cast<void>(!read(ends_[0], &ignored, 1));
  }

 private:
  std::array<int, 2> ends_{};
};

// Another process that does `sql` when it is told to, and ends when it is told so.
class OtherProcess {
 public:
  OtherProcess(const std::filesystem::path& file, const std::string& sql)
      : process_([this, file, sql] {
          begin_.await();
          SQLite::Database database(file, SQLite::OPEN_READWRITE, 20'000);
          database.exec(sql);
          begun_.give();
          end_.await();
          return 0;
        }) {}
  void begin() {
    begin_.give();
    begun_.await();
  }
  void end() {
    end_.give();
    CHECK(process_.wait() == 0);
  }

 private:
  Signal begin_, begun_, end_;
  Forked process_;
};

TEST_CASE_FIXTURE(Crew, "long lock: a publish is told that it is busy, and polling goes on") {
  OtherProcess locker(file, "BEGIN IMMEDIATE");
  Options options = quick("a");
  options.store = this->options().store + "?deadline=1s";
  std::atomic<bool> is_locked = false;
  std::atomic<int> said = 0;
  Member a(options);
  {
    Registry registry;
    registry.add(a.products);
    options.observer = a.observer;
    options.poll_interval = 1ms;
    options.log = [&](LogLevel level, std::string_view text) {
      said +=
          is_locked && level >= LogLevel::warning && text.starts_with("the beat failed") ? 1 : 0;
    };
    a.node = std::make_unique<Node>(options, std::move(registry));
  }
  a.node->start();
  const EntryId before = write(1);
  locker.begin();
  is_locked = true;
  const Error busy = error_of([&] { a.node->cache().refresh(kProducts, 2); });
  CHECK(busy.retryable());
  CHECK(std::string(busy.what()).find("was locked by another process for longer than 1s") !=
        std::string::npos);
  const std::uint64_t polls = a.node->counters().polls;
  CHECK(a.node->wait_applied(before, 20s));
  CHECK(eventually([&] { return a.node->counters().polls > polls + 10; }));
  CHECK(eventually([&] { return a.node->counters().beats_failed > 2; }));
  CHECK(a.node->counters().polls_failed == 0);
  is_locked = false;
  locker.end();
  CHECK(a.node->cache().refresh(kProducts, 3).value == before.value + 1);
  const std::uint64_t beats = a.node->counters().beats;
  CHECK(eventually([&] { return a.node->counters().beats > beats; }));
  CHECK(said == 1);  // not each time
}

TEST_CASE_FIXTURE(Crew,
                  "long reader: nodes go on, and the log beside the file shrinks afterwards") {
  OtherProcess reader(file, "BEGIN; SELECT count(*) FROM crierCacheInstruction");
  join_all(2);
  reader.begin();
  EntryId last;
  for (int i = 0; i < 500; ++i) {
    last = members[0]->node->cache().refresh(kProducts, i);
  }
  CHECK(all_have(last));
  reader.end();
  CHECK(eventually([&] {
    run_sql("PRAGMA wal_checkpoint(TRUNCATE)");
    return std::filesystem::file_size(file.string() + "-wal") < 100'000;
  }));
}

}  // namespace
}  // namespace crier::test
