// SPDX-License-Identifier: MIT
#include "base/reporter.hpp"
#include "base/sentence.hpp"
#include "base/utf8.hpp"
#include "support/recording.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <iostream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace crier::test {
namespace {

/// What is written to standard error as long as it lives.
class CapturedErrors {
 public:
  CapturedErrors() : old_(std::cerr.rdbuf(text_.rdbuf())) {}
  ~CapturedErrors() { std::cerr.rdbuf(old_); }
  CapturedErrors(const CapturedErrors&) = delete;
  CapturedErrors& operator=(const CapturedErrors&) = delete;
  [[nodiscard]] std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::streambuf* const old_;
};

TEST_CASE("without a sink, warnings and errors go to standard error, each on one line") {
  const CapturedErrors errors;
  const Reporter reporter(nullptr, {});
  reporter.log(LogLevel::info, "not this");
  reporter.log(LogLevel::warning, "café\ncrier: forged \x1b[31m \x7f \xc2\x9b");
  reporter.log(LogLevel::error, "bad");
  CHECK(errors.text() ==
        "crier: warning: café\\x0acrier: forged \\x1b[31m \\x7f \\xc2\\x9b\ncrier: error: bad\n");
}

TEST_CASE("the last error is remembered, and cut between characters") {
  Reporter reporter(nullptr, [](LogLevel, std::string_view) {});
  CHECK(reporter.last_error().empty());
  reporter.poll_failed("one");
  reporter.duty_failed("the beat", "two");
  CHECK(reporter.last_error() == "the beat failed: two");
  const std::string prefix = "the beat failed: ";
  reporter.duty_failed("the beat", std::string(499 - prefix.size(), 'x') + "é");
  CHECK(reporter.last_error().size() == 499);
  CHECK(cut_utf8("aé", 2) == "a");
  CHECK(cut_utf8("aé", 3) == "aé");
}

struct Logged {
  Record log;
  std::shared_ptr<RecordingObserver> observer = std::make_shared<RecordingObserver>();
  Reporter reporter{observer, [this](LogLevel level, std::string_view text) {
                      const char* const word = level == LogLevel::error     ? "error: "
                                               : level == LogLevel::warning ? "warning: "
                                                                            : "info: ";
                      log.add(word + std::string(text));
                    }};
  const Source source{{7}, "other"};
};

const std::string kName = "refresher " + kProducts.to_string() + " (products)";

TEST_CASE_FIXTURE(Logged, "a retry is said once, and counted each time") {
  Failure failure{FailureKind::refresher_threw, source, 0, kProducts, "products", "no row"};
  for (failure.attempts = 1; failure.attempts <= 3; ++failure.attempts) {
    reporter.retrying(failure);
  }
  CHECK(log.take() == Lines{"warning: entry 7: " + kName + ": no row (it is tried again)"});
  CHECK(reporter.counters().retries == 3);
  CHECK(reporter.counters().failed == 0);
  CHECK(reporter.last_error() == "entry 7: " + kName + ": no row");
  reporter.failed(failure);
  CHECK(log.take() == Lines{"error: entry 7: " + kName + ": no row"});
  CHECK(reporter.counters().failed == 1);
}

TEST_CASE_FIXTURE(Logged, "how a refresher fares is said in a sentence, by its weight") {
  RefresherTrouble trouble{kProducts, "products", RefresherState::stuck, {7}, "no row"};
  reporter.refresher_changed(trouble);
  trouble.state = RefresherState::stale;
  reporter.refresher_changed(trouble);
  trouble.state = RefresherState::retrying;
  reporter.refresher_changed(trouble);
  trouble.state = RefresherState::well;
  reporter.refresher_changed(trouble);
  CHECK(
      log.take() ==
      Lines{"error: " + kName + " is stuck: it has not returned from an instruction of entry 7",
            "warning: " + kName + " is stale: its full refresh fails and is tried again: no row",
            "info: " + kName + " failed at an instruction of entry 7, which is tried again: no row",
            "info: " + kName + " is well again"});
}

TEST_CASE("a trouble names what it knows: a name, an entry, the fallback") {
  RefresherTrouble trouble{kProducts, {}, RefresherState::stuck, {}, {}};
  CHECK(sentence(trouble) == "refresher " + kProducts.to_string() +
                                 " is stuck: it has not returned from an instruction");
  trouble.refresher = {};
  trouble.state = RefresherState::well;
  CHECK(sentence(trouble) == "the fallback is well again");
}

TEST_CASE_FIXTURE(Logged, "what it remembers of unknown refreshers is bounded") {
  Failure failure{FailureKind::unknown_refresher, source, 0, {}, {}, "nobody"};
  for (std::uint8_t high = 1; high <= 5; ++high) {
    for (int low = 0; low < 256; ++low) {
      failure.refresher = Guid(Guid::Bytes{high, static_cast<std::uint8_t>(low)});
      reporter.failed(failure);
    }
  }
  CHECK(reporter.counters().failed == 5 * 256);
  CHECK(log.size() == 1000);
}

TEST_CASE_FIXTURE(Logged, "an observer that throws is logged, and the work goes on") {
  class Throwing final : public Observer {
   public:
    void on_applied(const Instruction&, const Source&) override { throw std::runtime_error("oh"); }
    void on_failure(const Failure&) override { throw 7; }  // NOLINT
  };
  Reporter throwing(std::make_shared<Throwing>(),
                    [this](LogLevel, std::string_view text) { log.add(std::string(text)); });
  throwing.applied(Instruction::refresh_all(kProducts), source);
  throwing.failed({FailureKind::unreadable, source, 0, {}, {}, "no JSON"});
  CHECK(throwing.counters().applied == 1);
  CHECK(throwing.counters().failed == 1);
  CHECK(log.take() == Lines{"an observer failed: oh", "entry 7: no JSON",
                            "an observer failed: threw what is not a std::exception"});
}

TEST_CASE("a log sink that throws is swallowed") {
  const Reporter reporter(nullptr, [](LogLevel, std::string_view) { throw 7; });  // NOLINT
  CHECK_NOTHROW(reporter.log(LogLevel::error, "x"));
}

TEST_CASE_FIXTURE(Logged, "failing polls are logged once, and their end once") {
  reporter.poll_failed("locked");
  reporter.poll_failed("locked");
  reporter.polled();
  reporter.polled();
  CHECK(log.take() ==
        Lines{"error: polling failed and is tried again: locked", "warning: polling works again"});
  CHECK(observer->record.take() ==
        Lines{"poll failed: locked", "poll failed: locked", "poll recovered"});
  CHECK(reporter.counters().polls == 2);
  CHECK(reporter.counters().polls_failed == 2);
}

TEST_CASE_FIXTURE(Logged, "duties fail and recover one by one") {
  reporter.duty_failed("the lease", "locked");
  reporter.duty_failed("the lease", "locked");
  reporter.duty_failed("the canary", "locked");
  CHECK(log.take() == Lines{"error: the lease failed and is tried again: locked",
                            "error: the canary failed and is tried again: locked"});
  CHECK(reporter.duty_troubles() == Lines{"the canary failed and is tried again: locked",
                                          "the lease failed and is tried again: locked"});
  CHECK(reporter.duty_troubles("the lease") ==
        Lines{"the canary failed and is tried again: locked"});
  reporter.duty_done("the lease");
  reporter.duty_done("the lease");
  reporter.duty_done("the pruning");
  CHECK(log.take() == Lines{"warning: the lease works again"});
  CHECK(reporter.duty_troubles() == Lines{"the canary failed and is tried again: locked"});
  reporter.duty_failed("the lease", "full");
  CHECK(log.take() == Lines{"error: the lease failed and is tried again: full"});
  reporter.forget_duties();
  CHECK(reporter.duty_troubles().empty());
  CHECK(reporter.counters().beats_failed == 4);
}

TEST_CASE_FIXTURE(Logged, "a poller that was replaced is an error, and counted") {
  reporter.poller_replaced("it hangs");
  CHECK(log.take() ==
        Lines{"error: the poller was replaced by one on a new thread and connection: it hangs"});
  CHECK(reporter.counters().replaced == 1);
}

TEST_CASE_FIXTURE(Logged, "muted, it counts and tells nobody") {
  reporter.mute();
  reporter.failed({FailureKind::unreadable, source, 0, {}, {}, "no JSON"});
  reporter.poll_failed("locked");
  reporter.refresher_changed({kProducts, "products", RefresherState::stuck, {7}, {}});
  CHECK(log.take().empty());
  CHECK(observer->record.take().empty());
  CHECK(reporter.counters().failed == 1);
}

}  // namespace
}  // namespace crier::test
