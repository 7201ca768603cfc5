// SPDX-License-Identifier: MIT
// A process that may open no more files, or make none so large: it is told so in words, and goes on
// once it may. Each case is a process of its own, since a limit is a process's.
#include <crier/admin/store.hpp>
#include <crier/error.hpp>

#include "fault/crew.hpp"
#include "support/effort.hpp"
#include "support/errors.hpp"
#include "support/forked.hpp"

#include <csignal>
#include <iostream>
#include <sys/resource.h>
#include <unistd.h>

namespace crier::test {
namespace {

constexpr rlim_t kNoFile = 0;

template <class Resource>
void limit(Resource what, rlim_t most) {
  rlimit now{};
  getrlimit(what, &now);
  now.rlim_cur = std::min(most, now.rlim_max);
  setrlimit(what, &now);
}

bool says(const std::string& text, const std::string& part) {
  const bool it_does = text.find(part) != std::string::npos;
  if (!it_does) {
    std::cerr << "it says: " << text << '\n';
  }
  return it_does;
}

const std::string kUsedUp = "all file descriptors are used up (ulimit -n); try again";
const std::string kTooLarge = "this process may make no file so large (ulimit -f)";

// The database that there is, in a process of its own.
struct LimitsFixture : NodeFixture {
  const std::filesystem::path file = dir / "shop.db";
  LimitsFixture() {
    Forked maker([this] {
      open_store(url())->connect(Access::create)->schema().migrate();
      return 0;
    });
    REQUIRE(maker.wait() == 0);
  }
  [[nodiscard]] std::string url() const { return "sqlite:" + file.string() + "?deadline=20s"; }
};

TEST_CASE_FIXTURE(LimitsFixture,
                  "no descriptor: the database, and its doorbell, say so and may be tried again") {
  if (kSanitized) {
    MESSAGE("not under a sanitizer, which takes a descriptor to look at an object's type");
    return;
  }
  Forked process([this] {
    const auto store = open_store(url());
    const auto open = store->connect(Access::read_write);
    limit(RLIMIT_NOFILE, kNoFile);
    const Error error = error_of([&] { static_cast<void>(store->connect(Access::read_write)); });
    static_cast<void>(store->wakeup().mark());
    if (!says(error.what(), kUsedUp) || !error.retryable() ||
        !says(store->wakeup().trouble(), kUsedUp)) {
      return 1;
    }
    limit(RLIMIT_NOFILE, RLIM_INFINITY);
    append(*store->connect(Access::read_write), new_entry("[]"));
    static_cast<void>(store->wakeup().mark());
    return store->wakeup().trouble().empty() ? 0 : 2;
  });
  CHECK(process.wait() == 0);
}

TEST_CASE_FIXTURE(LimitsFixture,
                  "few descriptors: whichever file can't be opened, that is what is said") {
  if (kSanitized) {
    MESSAGE("not under a sanitizer, which takes a descriptor to look at an object's type");
    return;
  }
  Forked process([this] {
    const int next = dup(0);  // what a process may open besides begins here
    close(next);
    for (rlim_t more = 0; more < 12; ++more) {
      const auto store = open_store(url());
      limit(RLIMIT_NOFILE, static_cast<rlim_t>(next) + more);
      for (const Access access : {Access::read_only, Access::read_write, Access::create}) {
        try {
          static_cast<void>(store->connect(access)->log().newest());
        } catch (const Error& error) {
          if (!says(error.what(), kUsedUp) || !says(error.what(), file.string()) ||
              !error.retryable()) {
            std::cerr << "with " << more << " more\n";
            return 1;
          }
        }
      }
      limit(RLIMIT_NOFILE, RLIM_INFINITY);
    }
    return 0;
  });
  CHECK(process.wait() == 0);
}

TEST_CASE_FIXTURE(LimitsFixture,
                  "no larger file: an append says so, ends nobody, and goes well later") {
  Forked process([this] {
    const auto store = open_store(url());
    const auto connection = store->connect(Access::read_write);
    append(*connection, new_entry("[]"));
    limit(RLIMIT_FSIZE, 100'000);
    const std::string much = '"' + std::string(10'000, 'x') + '"';
    std::string message;
    for (int i = 0; i < 100 && message.empty(); ++i) {
      try {
        append(*connection, new_entry(much));
      } catch (const Error& error) {
        message = error.what();
      }
    }
    if (!says(message, kTooLarge) || !says(message, file.string())) {
      return 1;
    }
    limit(RLIMIT_FSIZE, RLIM_INFINITY);
    append(*connection, new_entry(much));
    return 0;
  });
  CHECK(process.wait() == 0);
  CHECK(SQLite::Database(file, SQLite::OPEN_READWRITE, 20'000)
            .execAndGet("PRAGMA integrity_check")
            .getString() == "ok");
}

TEST_CASE_FIXTURE(LimitsFixture, "no file at all: opening the database says so, and its doorbell") {
  std::filesystem::remove(file.string() + "-doorbell");
  Forked process([this] {
    const auto store = open_store(url());
    limit(RLIMIT_FSIZE, 1);
    const std::string message =
        message_of([&] { append(*store->connect(Access::read_write), new_entry("[]")); });
    static_cast<void>(store->wakeup().mark());
    return says(message, kTooLarge) && says(store->wakeup().trouble(), kTooLarge) ? 0 : 1;
  });
  CHECK(process.wait() == 0);
}

TEST_CASE_FIXTURE(LimitsFixture, "no larger file: a database that can't be made says so") {
  for (const rlim_t most : {0UL, 1UL, 4096UL, 8192UL, 20'000UL}) {
    Forked process([this, most] {
      const std::string made = dir / "made.db";
      const auto store = open_store(made);
      limit(RLIMIT_FSIZE, most);
      const std::string message =
          message_of([&] { store->connect(Access::create)->schema().migrate(); });
      return says(message, kTooLarge) && says(message, made) ? 0 : 1;
    });
    CHECK(process.wait() == 0);
  }
}

TEST_CASE_FIXTURE(LimitsFixture, "no larger file: what an application does with the signal stays") {
  Forked process([this] {
    static volatile std::sig_atomic_t seen = 0;
    std::signal(SIGXFSZ, [](int) { seen = 1; });
    const auto store = open_store(url());
    limit(RLIMIT_FSIZE, 1);
    static_cast<void>(store->wakeup().mark());
    return seen == 1 ? 0 : 1;
  });
  std::filesystem::remove(file.string() + "-doorbell");
  CHECK(process.wait() == 0);
}

TEST_CASE_FIXTURE(LimitsFixture,
                  "no larger file: a node says what it can't do, and does it later") {
  Forked process([this] {
    Options options = this->options();
    options.store = url();
    options.heartbeat_interval = 10ms;
    Record log;
    options.log = [&log](LogLevel, std::string_view text) { log.add(std::string(text)); };
    Member member(options);
    member.node->start();
    limit(RLIMIT_FSIZE, 1);
    const bool said = eventually([&] {
      const Lines lines = log.lines();
      return std::any_of(lines.begin(), lines.end(), [](const std::string& line) {
        return line.starts_with("the beat failed and is tried again: ") &&
               line.find(kTooLarge) != std::string::npos;
      });
    });
    limit(RLIMIT_FSIZE, RLIM_INFINITY);
    member.node->cache().refresh(kProducts, 2);
    const std::uint64_t beats = member.node->counters().beats;
    return said && eventually([&] { return member.node->counters().beats > beats; }) ? 0 : 1;
  });
  CHECK(process.wait() == 0);
}

}  // namespace
}  // namespace crier::test
