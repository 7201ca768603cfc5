// SPDX-License-Identifier: MIT
#include "base/reporter.hpp"
#include "base/utf8.hpp"

#include <doctest/doctest.h>

#include <iostream>
#include <sstream>
#include <string>

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
        "crier: warning: café\\x0acrier: forged \\x1b[31m \\x7f \xc2\\x9b\ncrier: error: bad\n");
}

TEST_CASE("the last error is remembered, and cut between characters") {
  Reporter reporter(nullptr, [](LogLevel, std::string_view) {});
  CHECK(reporter.last_error().empty());
  reporter.poll_failed("one");
  reporter.beat_failed("two");
  CHECK(reporter.last_error() == "a beat failed: two");
  const std::string prefix = "a beat failed: ";
  reporter.beat_failed(std::string(499 - prefix.size(), 'x') + "é");
  CHECK(reporter.last_error().size() == 499);
  CHECK(cut_utf8("aé", 2) == "a");
  CHECK(cut_utf8("aé", 3) == "aé");
}

}  // namespace
}  // namespace crier::test
