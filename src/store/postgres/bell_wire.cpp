// SPDX-License-Identifier: MIT
#include "store/postgres/bell_wire.hpp"

#include "base/deadline.hpp"
#include "store/postgres/failure.hpp"
#include "store/postgres/session.hpp"

#include <algorithm>
#include <array>
#include <poll.h>
#include <string_view>

namespace crier::postgres {
namespace {

using Clock = std::chrono::steady_clock;

// A wire that is dead without a word is noticed after so long.
constexpr std::chrono::seconds kProofInterval{30};
constexpr std::chrono::seconds kProofTime{5};
constexpr std::string_view kProof = "proof";

Parameters listening(const Place& place) {
  // LISTEN is not for standbys. Whether a transaction could write does not matter.
  Parameters parameters = session_parameters(place, Access::read_only);
  parameters.emplace("target_session_attrs", "primary");
  return parameters;
}

Link::Time deadline(const Place& place) {
  return deadline_after(std::max<std::chrono::milliseconds>(place.deadline, kProofTime));
}

}  // namespace

BellWire::BellWire(const Place& place) : place_(place), link_(listening(place), deadline(place)) {
  static_cast<void>(check_session(link_, deadline(place)));
  // A channel belongs to a database; each schema has its own, also before there are tables.
  const Result name = link_.query("SELECT 'crier_' || md5(current_schema())", deadline(place_));
  channel_ = name.text(0, 0);
  if (channel_.empty()) {
    throw Failure(Failure::Cause::server, "there is no schema for crier's tables", "3F000");
  }
  link_.query("LISTEN " + channel_, deadline(place_));
  prove();
}

void BellWire::send() {
  link_.query("NOTIFY " + channel_, deadline(place_));
  // Whoever could send has a connection that lives.
  prove_at_ = std::max(prove_at_, Clock::now() + kProofInterval / 2);
}

void BellWire::prove() {
  link_.query("NOTIFY " + channel_ + ", '" + std::string(kProof) + "'", deadline(place_));
  unproved_ = true;
  prove_at_ = Clock::now() + kProofTime;
}

bool BellWire::wait(int event, Time until) {
  if (take_in()) {
    return true;
  }
  if (Clock::now() >= prove_at_) {
    if (unproved_) {
      throw Failure(Failure::Cause::late, "no notification arrives");
    }
    prove();
  }
  std::array<pollfd, 2> ready = {pollfd{PQsocket(link_.handle()), POLLIN, 0},
                                 pollfd{event, POLLIN, 0}};
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(std::min(until, prove_at_) - Clock::now());
  ::poll(ready.data(), ready.size(),
         static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000)));
  if (ready[0].revents != 0 && PQconsumeInput(link_.handle()) == 0) {
    throw Failure(Failure::Cause::lost, message_of(link_.handle()));
  }
  return take_in();
}

bool BellWire::take_in() {
  bool rung = false;
  while (PGnotify* const notice = PQnotifies(link_.handle())) {
    const bool own = notice->be_pid == PQbackendPID(link_.handle());
    const bool proof = std::string_view(notice->extra) == kProof;
    PQfreemem(notice);
    if (own && proof) {
      unproved_ = false;
      prove_at_ = Clock::now() + kProofInterval;
    }
    rung |= !own && !proof;
  }
  return rung;
}

}  // namespace crier::postgres
