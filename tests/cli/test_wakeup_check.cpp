// SPDX-License-Identifier: MIT
// That a wake-up is measured by the ring that was given, and by no other.
#include "wakeup_check.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace crier::test {
namespace {

// Hears as it is told to.
class Ear final : public Wakeup {
 public:
  enum class Kind : std::uint8_t { deaf, nervous };

  explicit Ear(Kind kind, std::string trouble = {}) : kind_(kind), trouble_(std::move(trouble)) {}

  [[nodiscard]] std::uint64_t mark() noexcept override { return 0; }
  bool wait(std::uint64_t /*mark*/, std::chrono::nanoseconds /*timeout*/) noexcept override {
    return kind_ == Kind::nervous;  // before anybody has rung
  }
  void ring() noexcept override { ++rings_; }
  [[nodiscard]] std::string trouble() const override { return trouble_; }
  [[nodiscard]] int rung() const { return rings_; }

 private:
  const Kind kind_;
  const std::string trouble_;
  int rings_ = 0;
};

TEST_CASE("a ring that is not heard is wrong") {
  Ear deaf(Ear::Kind::deaf), ringer(Ear::Kind::deaf);
  const SetupCheck check = cli::measure_wakeup(deaf, ringer);
  CHECK(check.verdict == SetupVerdict::wrong);
  CHECK(check.found == "not woken: a ring was not heard within 2 s");
  CHECK(ringer.rung() == 1);
}

TEST_CASE("a wake-up that names its trouble is not waited for") {
  Ear ear(Ear::Kind::nervous, "the wire is cut; splice it"), ringer(Ear::Kind::deaf);
  for (const bool swapped : {false, true}) {
    const SetupCheck check =
        swapped ? cli::measure_wakeup(ringer, ear) : cli::measure_wakeup(ear, ringer);
    CHECK(check.verdict == SetupVerdict::wrong);
    CHECK(check.found == "not woken: the wire is cut");
    CHECK(check.mend == "splice it");
  }
  CHECK(ringer.rung() == 0);
}

TEST_CASE("what others ring is not taken for the ring that is measured") {
  Ear nervous(Ear::Kind::nervous), ringer(Ear::Kind::deaf);
  const SetupCheck check = cli::measure_wakeup(nervous, ringer);
  CHECK(check.verdict == SetupVerdict::ok);
  CHECK(check.found == "others' rings are heard, too many to measure one");
}

}  // namespace
}  // namespace crier::test
