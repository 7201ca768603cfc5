// SPDX-License-Identifier: MIT
#include "cache/redis/sentinel.hpp"

#include "base/deadline.hpp"
#include "cache/redis/redis_connection.hpp"

#include <charconv>
#include <exception>
#include <hiredis/hiredis.h>
#include <string>
#include <utility>

namespace crier::redis {

Address Sentinels::master(Time ends) {
  Address found = ask_all(ends);
  const std::lock_guard lock(mutex_);
  master_ = found;
  start_watch();
  return found;
}

bool Sentinels::is_master(const Address& address) const {
  const std::lock_guard lock(mutex_);
  return master_ && master_->host == address.host && master_->port == address.port;
}

void Sentinels::abandon() noexcept {
  static_cast<void>(watch_.release());  // NOLINT(bugprone-unused-return-value)
  static_cast<void>(bell_.release());   // NOLINT(bugprone-unused-return-value)
}

// If no Sentinel answers, what is open goes on to be used.
void Sentinels::start_watch() {
  if (watch_ != nullptr) {
    return;
  }
  static constexpr WorkerPace kPace{.period = std::chrono::seconds(1)};
  try {
    watch_ = std::make_unique<Worker>(kPace, *bell_, [this](const std::stop_token&) {
      try {
        Address found = ask_all(deadline_after(kPace.period));
        const std::lock_guard lock(mutex_);
        master_ = std::move(found);
        return true;
      } catch (const std::exception&) {
        return false;
      }
    });
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): no thread; with the next
  }
}

Address Sentinels::ask_all(Time ends) {
  const std::size_t count = url_.addresses.size();
  const std::size_t first = first_;
  std::string why;
  bool retryable = false;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t index = (first + i) % count;
    const Address& sentinel = url_.addresses[index];
    try {
      const Time now = std::chrono::steady_clock::now();
      Address found = ask(sentinel, now + (ends - now) / (count - i + 1));
      first_ = index;
      return found;
    } catch (const Lost& lost) {
      why += (why.empty() ? "" : "; ") + sentinel.text() + " " + lost.what();
      retryable = retryable || lost.retryable;
    }
  }
  throw Lost("is not known to its Sentinels: " + why, retryable);
}

Address Sentinels::ask(const Address& sentinel, Time ends) const {
  Connection connection(sentinel, tls_, ends);
  Commands commands;
  const Credentials& own = url_.sentinel;
  if (!own.password.empty()) {
    commands.push_back(own.user.empty() ? Command{"AUTH", own.password}
                                        : Command{"AUTH", own.user, own.password});
  }
  commands.push_back({"SENTINEL", "get-master-addr-by-name", url_.master});
  const std::vector<Reply> replies = connection.exchange(commands, ends);
  for (const Reply& reply : replies) {
    if (const std::string error = error_in(*reply); !error.empty()) {
      throw Lost(&reply == &replies.back() ? "answers: " + error
                                           : "does not take sentinel_user or sentinel_password",
                 false);
    }
  }
  const redisReply& answer = *replies.back();
  if (answer.type == REDIS_REPLY_NIL) {
    throw Lost("knows no master of that name", false);
  }
  Address master;
  if (answer.type == REDIS_REPLY_ARRAY && answer.elements == 2 &&
      answer.element[0]->type == REDIS_REPLY_STRING &&
      answer.element[1]->type == REDIS_REPLY_STRING) {
    const std::string_view port = text_of(*answer.element[1]);
    master.host = text_of(*answer.element[0]);
    std::from_chars(port.data(), port.data() + port.size(), master.port);
  }
  if (master.host.empty() || master.port < 1 || master.port > 65'535) {
    throw Lost("gives an answer of another form", false);
  }
  return master;
}

}  // namespace crier::redis
