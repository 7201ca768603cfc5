// SPDX-License-Identifier: MIT
#include "store/postgres/notify_connection.hpp"

#include "base/deadline.hpp"
#include "store/postgres/failure.hpp"
#include "store/postgres/session_settings.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <poll.h>
#include <utility>

namespace crier::postgres {
namespace {

using Clock = std::chrono::steady_clock;

// A wire that is dead without a word is noticed after so long.
constexpr std::chrono::seconds kProofInterval{30};
constexpr std::chrono::seconds kProofTime{5};

Parameters listening(const StoreConfig& config) {
  // LISTEN is not for standbys. Whether a transaction could write does not matter.
  Parameters parameters = session_parameters(config, Access::read_only);
  parameters.emplace("target_session_attrs", "primary");
  return parameters;
}

PgConnection::Time deadline(const StoreConfig& config) {
  return deadline_after(std::max<std::chrono::milliseconds>(config.deadline, kProofTime));
}

}  // namespace

NotifyConnection::NotifyConnection(const StoreConfig& config, std::string own)
    : config_(config), own_(std::move(own)), link_(listening(config), deadline(config)) {
  static_cast<void>(check_session(link_, deadline(config)));
  static_cast<void>(channel_.name(link_, deadline(config)));
}

void NotifyConnection::listen() {
  listened_ = channel_.name(link_, deadline(config_));
  link_.query("LISTEN " + listened_, deadline(config_));
  prove();
}

void NotifyConnection::send() {
  notify(ring_payload(own_));
  if (listens() && !unproved_) {
    // Whoever could send has a connection that lives.
    prove_at_ = std::max(prove_at_, Clock::now() + kProofInterval / 2);
  }
}

void NotifyConnection::prove() {
  notify(proof_payload(own_));
  unproved_ = true;
  prove_at_ = Clock::now() + kProofTime;
}

void NotifyConnection::notify(const std::string& note) {
  const std::string& channel = channel_.name(link_, deadline(config_));
  if (listens() && channel != listened_) {
    throw Failure(Failure::Cause::lost, "the tables have come to another schema");
  }
  link_.query(notify_sql(channel, note), deadline(config_));
}

bool NotifyConnection::wait(int event, Time until) {
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
  const std::chrono::nanoseconds left =
      std::max(std::min(until, prove_at_) - Clock::now(), Clock::duration::zero());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
  const timespec patience{seconds.count(), (left - seconds).count()};
  ::ppoll(ready.data(), ready.size(), &patience, nullptr);
  if (ready[0].revents != 0 && PQconsumeInput(link_.handle()) == 0) {
    throw Failure(Failure::Cause::lost, message_of(link_.handle()));
  }
  return take_in();
}

bool NotifyConnection::take_in() {
  bool rung = false;
  while (PGnotify* const notice = PQnotifies(link_.handle())) {
    const NotifyPayload note = parse_payload(notice->extra);
    const bool own = note.from == own_;
    if (own && note.is_proof) {
      unproved_ = false;
      prove_at_ = Clock::now() + kProofInterval;
    }
    if (!own) {
      spread_.heard(note.from, Clock::now());
      rung = rung || !note.is_proof;
    }
    PQfreemem(notice);
  }
  return rung;
}

}  // namespace crier::postgres
