// SPDX-License-Identifier: MIT
#include <crier/codec.hpp>

#include "soak/facts.hpp"
#include "soak/member.hpp"
#include "soak/modes.hpp"
#include "soak/orders.hpp"
#include "soak/writer.hpp"

#include <chrono>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <string>
#include <unistd.h>

namespace crier::soak {

namespace {

using namespace std::chrono_literals;

constexpr auto kLook = 50ms;
constexpr auto kBetweenWrites = 10ms;

}  // namespace

int run_process(const Words& words) {
  Orders orders;
  const Facts facts(words.text("facts"));
  const std::string process = words.text("name") + '.' + words.text("incarnation");
  history::Recorder recorder(words.text("dir") + '/' + process + ".history", process);
  std::optional<Member> member;
  std::optional<Writer> writer;
  if (words.text("kind") != "sql") {
    member.emplace(words, facts, recorder);
    member->start();
  }
  if (words.has("kind")) {
    writer.emplace(words, facts, recorder, member ? &*member : nullptr);
    if (words.has("redo")) {
      writer->publish(decode(words.text("redo")).instructions);
    }
  }
  test::Random pace(words.number("seed", std::uint64_t{1}));
  bool writes = words.has("kind");
  while (!orders.over()) {
    const auto pause = writes ? pace.between(kBetweenWrites, 4 * kBetweenWrites) : kLook;
    const std::optional<std::string> order = orders.next(pause);
    if (order == "calm") {
      writes = false;
      if (member) {
        member->calm();
      }
      facts.say("calm");
    } else if (order && order->starts_with("audit ") && member) {
      member->audit({std::stoll(order->substr(6))});
    }
    if (writes) {
      writer->write();
    }
    if (member) {
      member->report();
    }
  }
  if (member) {
    member->stop();
  }
  facts.say("stopped");
  recorder.finish();
  // A refresher that hangs on purpose may still use what this function holds.
  _exit(EXIT_SUCCESS);
}

}  // namespace crier::soak
