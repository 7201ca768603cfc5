// SPDX-License-Identifier: MIT
#include "cache/redis/redis_client.hpp"

#include <crier/error.hpp>

#include "base/coarse_clock.hpp"
#include "base/duration.hpp"
#include "cache/redis/refusal.hpp"
#include "cache/shared/check.hpp"

#include <algorithm>
#include <charconv>
#include <hiredis/hiredis.h>
#include <utility>

namespace crier::redis {
namespace {

using Clock = std::chrono::steady_clock;

// So long nothing is tried that matters little, once it was refused.
constexpr std::chrono::seconds kQuiet{1};

// The first answer that is an error.
std::vector<Reply>::const_iterator refused(const std::vector<Reply>& replies) {
  return std::ranges::find_if(replies,
                              [](const Reply& reply) { return reply->type == REDIS_REPLY_ERROR; });
}

bool is_late(const Lost& lost) { return dynamic_cast<const TimedOut*>(&lost) != nullptr; }

// "MOVED 3999 10.0.0.1:6381": the node that has it. Without a host: at the same one.
std::optional<Address> moved_to(std::string_view error, const Address& from) {
  const std::size_t colon = error.rfind(':');
  const std::size_t blank = error.rfind(' ');
  if (colon == std::string_view::npos || blank == std::string_view::npos || colon < blank) {
    return std::nullopt;
  }
  Address to{.host = std::string(error.substr(blank + 1, colon - blank - 1)), .port = 0};
  if (to.host.empty()) {
    to.host = from.host;
  }
  const std::string_view port = error.substr(colon + 1);
  std::from_chars(port.data(), port.data() + port.size(), to.port);
  return to.port < 1 || to.port > 65'535 ? std::nullopt : std::optional(std::move(to));
}

}  // namespace

Client::Client(Url url, std::size_t max_sessions)
    : url_(std::move(url)),
      max_sessions_(max_sessions),
      tls_(url_.tls ? std::make_unique<TlsContext>(url_.tls_settings) : nullptr),
      sentinels_(url_, tls_.get()),
      pool_({.most = max_sessions}) {}

Client::~Client() {
  if (fork_guard_.is_child()) {
    sentinels_.abandon();
    pool_.abandon();
  }
}

std::vector<Reply> Client::run(const char* operation, const Commands& commands, Time ends,
                               bool only_reads) {
  for (bool again = false;; again = true) {
    Loan session = take(operation, ends, only_reads);
    std::vector<Reply> replies;
    try {
      replies = session->exchange(commands, ends);
    } catch (const Lost& lost) {
      drop_idle();
      const bool may_have_died_before = session.used_before() && lost.retryable && !is_late(lost);
      if (only_reads && may_have_died_before && !again) {
        continue;
      }
      fail(operation, lost);
    }
    const auto error = refused(replies);
    if (error == replies.end()) {
      session.keep();
      return replies;
    }
    const std::string why = error_in(**error);
    const Refusal refusal = refusal_of(why);
    if (url_.kind != Url::Kind::cluster && why.starts_with("MOVED ")) {
      throw Error(operation, "the Redis server " + url_.name +
                                 " is a node of a Cluster: write redis+cluster://HOST,HOST in the "
                                 "URL");
    }
    if (refusal == Refusal::lasting || refusal == Refusal::later) {
      session.keep();
    } else {
      leave(why, *session);
    }
    if (refusal == Refusal::elsewhere && error == replies.begin() && !again) {
      continue;
    }
    throw Error(operation, "the Redis server " + url_.name + " answers: " + why,
                refusal == Refusal::lasting ? Error::Kind::failed : Error::Kind::retryable);
  }
}

bool Client::try_write(const Commands& commands, Time ends) {
  if (coarse_now() < quiet_until_.load()) {
    return false;
  }
  try {
    Loan session = take("write", ends, false);
    const std::vector<Reply> replies = session->exchange(commands, ends);
    const auto error = refused(replies);
    // A server that is read, though it is a replica, is meant: nobody else would be found.
    if (error == replies.end() || url_.kind == Url::Kind::server) {
      session.keep();
    } else {
      leave(error_in(**error), *session);
    }
    if (error == replies.end()) {
      return true;
    }
  } catch (const Lost&) {
    drop_idle();
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): no session
  }
  quiet_until_ = coarse_now() + kQuiet;
  return false;
}

void Client::reject_answer(const char* operation) const {
  throw Error(operation, "the Redis server " + url_.name + " gives an answer of another form");
}

auto Client::take(const char* operation, Time ends, bool only_reads) -> Loan {
  fork_guard_.refuse_child(operation);
  try {
    const auto connect = [this, ends] { return open(ends); };
    std::optional<Loan> session = pool_.take(ends, connect);
    if (!session) {
      throw Error(operation,
                  none_came_free(session_of(url_.name), {.most = max_sessions_}, url_.deadline,
                                 kMoreSessions),
                  Error::Kind::retryable);
    }
    if (session->used_before() && !is_fit(**session, only_reads)) {
      ++epoch_;
      session->renew(connect);
    }
    return std::move(*session);
  } catch (const Lost& lost) {
    fail(operation, lost);
  }
}

// A read finds out by itself that its connection has died, and may be repeated.
bool Client::is_fit(Connection& connection, bool only_reads) const {
  return (url_.kind != Url::Kind::sentinel || sentinels_.is_master(connection.address())) &&
         (only_reads || connection.is_open());
}

std::unique_ptr<Connection> Client::open(Time ends) {
  switch (url_.kind) {
    case Url::Kind::server:
      break;
    case Url::Kind::sentinel:
      return open_at(sentinels_.master(ends), ends);
    case Url::Kind::cluster:
      return open_in_cluster(ends);
  }
  return open_at(url_.addresses.front(), ends);
}

// Each has an equal share of the time that is left.
std::unique_ptr<Connection> Client::open_in_cluster(Time ends) {
  std::vector<Address> nodes = url_.addresses;
  {
    const std::lock_guard lock(mutex_);
    if (moved_) {
      nodes.insert(nodes.begin(), *moved_);
    }
  }
  for (std::size_t i = 0;; ++i) {
    const Time now = Clock::now();
    try {
      return open_at(nodes[i], now + (ends - now) / static_cast<int>(nodes.size() - i));
    } catch (const Lost&) {
      if (i + 1 == nodes.size()) {
        throw;
      }
    }
  }
}

std::unique_ptr<Connection> Client::open_at(const Address& address, Time ends) const {
  try {
    auto connection = std::make_unique<Connection>(address, tls_.get(), ends);
    introduce(*connection, ends);
    return connection;
  } catch (const Lost& lost) {
    if (url_.kind == Url::Kind::server) {
      throw;
    }
    throw Lost("(" + address.text() + ") " + lost.what(), lost.retryable);
  }
}

void Client::introduce(Connection& connection, Time ends) const {
  Commands commands;
  const auto& [user, password] = url_.credentials;
  if (!password.empty()) {
    commands.push_back(user.empty() ? Command{"AUTH", password} : Command{"AUTH", user, password});
  }
  const std::string database = std::to_string(url_.database);
  if (url_.database != 0) {
    commands.push_back({"SELECT", database});
  }
  if (url_.kind == Url::Kind::sentinel) {
    commands.push_back({"ROLE"});
  }
  if (commands.empty()) {
    return;
  }
  const std::vector<Reply> replies = connection.exchange(commands, ends);
  for (std::size_t i = 0; i < replies.size(); ++i) {
    const std::string_view verb = commands[i].front();
    const std::string error = error_in(*replies[i]);
    if (verb == "ROLE") {
      // A Sentinel may not know yet what has become of it; who may not ask finds out when he
      // writes.
      const redisReply& role = *replies[i];
      if (role.type == REDIS_REPLY_ARRAY && role.elements > 0 &&
          role.element[0]->type == REDIS_REPLY_STRING && text_of(*role.element[0]) != "master") {
        throw Lost("is not the master that its Sentinels take it for; try again");
      }
    } else if (!error.empty()) {
      const bool retryable = refusal_of(error) != Refusal::lasting;
      throw Lost(verb == "AUTH" && !retryable ? "does not take the user or the password of the URL"
                                              : "answers: " + error,
                 retryable);
    }
  }
}

void Client::drop_idle() {
  ++epoch_;
  pool_.drop_idle();
}

void Client::leave(std::string_view error, const Connection& connection) {
  {
    const std::lock_guard lock(mutex_);
    moved_ = url_.kind == Url::Kind::cluster && error.starts_with("MOVED ")
                 ? moved_to(error, connection.address())
                 : std::nullopt;
  }
  drop_idle();
}

void Client::fail(const char* operation, const Lost& lost) const {
  throw Error(operation,
              "the Redis server " + url_.name + " " +
                  (is_late(lost) ? "did not answer within " + duration_text(url_.deadline) +
                                       "; try again, or give it a longer deadline"
                                 : std::string(lost.what())),
              lost.retryable ? Error::Kind::retryable : Error::Kind::failed);
}

}  // namespace crier::redis
