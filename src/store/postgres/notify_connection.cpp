// SPDX-License-Identifier: MIT
#include "store/postgres/notify_connection.hpp"

#include "base/deadline.hpp"
#include "store/postgres/failure.hpp"
#include "store/postgres/session_settings.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <poll.h>

namespace crier::postgres {
namespace {

using Clock = std::chrono::steady_clock;

// A wire that is dead without a word is noticed after so long.
constexpr std::chrono::seconds kProofInterval{30};
constexpr std::chrono::seconds kProofTime{5};
// Notes that are looked at in one go.
constexpr int kMostNotes = 1000;

PgConnection::Time deadline(const StoreConfig& config) {
  return deadline_after(std::clamp<std::chrono::milliseconds>(config.deadline, kProofTime,
                                                              NotifyConnection::kLongestCall));
}

}  // namespace

NotifyConnection::NotifyConnection(const StoreConfig& config, const Guid& own,
                                   const std::string& log)
    : config_(config),
      own_(own),
      // LISTEN is not for standbys. Whether a transaction could write does not matter.
      session_(open_session(config, Access::read_only, deadline(config), "primary")),
      link_(*session_.link) {
  if (!log.empty() && session_.log.log != log) {
    throw Failure(Failure::Cause::connecting,
                  "the store URL's listen leads there, and the log is another one");
  }
  static_cast<void>(channel_.name(link_, deadline(config)));
}

void NotifyConnection::listen() {
  listened_ = channel_.name(link_, deadline(config_));
  link_.query("LISTEN " + listened_, deadline(config_));
  prove();
}

void NotifyConnection::send(std::chrono::milliseconds patience) {
  notify(ring_payload(own_), std::min(deadline(config_), deadline_after(patience)));
  if (listens() && !unproved_) {
    // Whoever could send has a connection that lives.
    prove_at_ = std::max(prove_at_, Clock::now() + kProofInterval / 2);
  }
}

void NotifyConnection::prove() {
  notify(proof_payload(own_), deadline(config_));
  unproved_ = true;
  prove_at_ = Clock::now() + kProofTime;
}

void NotifyConnection::notify(const std::string& note, Time ends) {
  const std::string& channel = channel_.name(link_, ends);
  if (listens() && channel != listened_) {
    throw Failure(Failure::Cause::lost, "the tables have come to another schema");
  }
  link_.query(notify_sql(channel, note), ends);
}

bool NotifyConnection::wait(int event, Time until) {
  if (const bool rung = take_in(); rung || may_hold_more_) {
    return rung;
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
  const Time now = Clock::now();
  bool rung = false;
  may_hold_more_ = true;
  for (int i = 0; i < kMostNotes; ++i) {
    PGnotify* const notice = PQnotifies(link_.handle());
    if (notice == nullptr) {
      may_hold_more_ = false;
      break;
    }
    const NotifyPayload note = parse_payload(notice->extra);
    PQfreemem(notice);
    const bool is_proof = note.kind == NotifyPayload::Kind::proof;
    if (note.from != own_) {
      rung = rung || !is_proof;
      if (!note.from.empty()) {
        spread_.heard(note.from, now);
      }
    } else if (is_proof) {
      unproved_ = false;
      prove_at_ = now + kProofInterval;
    }
  }
  return rung;
}

}  // namespace crier::postgres
