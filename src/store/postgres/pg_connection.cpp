// SPDX-License-Identifier: MIT
#include "store/postgres/pg_connection.hpp"

#include "store/postgres/failure.hpp"
#include "store/postgres/server_words.hpp"

#include <algorithm>
#include <cerrno>
#include <new>
#include <optional>
#include <poll.h>
#include <unistd.h>
#include <vector>

namespace crier::postgres {
namespace {

// Who keeps sending is listened to for so long beyond the deadline: an answer may be among it.
constexpr std::chrono::seconds kOverrun{1};

// Rounded up, so that nothing spins in the last millisecond.
int milliseconds_until(PgConnection::Time ends) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(ends - PgConnection::Time::clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

Failure no_connection(const PGconn* handle) {
  const Refusal refusal = parse_refusal(PQerrorMessage(handle));
  return {Failure::Cause::connecting, refusal.message, refusal.codes};
}

}  // namespace

std::string message_of(const PGconn* handle) { return with_single_spaces(PQerrorMessage(handle)); }

PgConnection::PgConnection(const Parameters& parameters, Time ends) {
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  for (const auto& [keyword, value] : parameters) {
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  handle_ = PQconnectStartParams(keywords.data(), values.data(), 0);
  if (handle_ == nullptr) {
    throw std::bad_alloc();
  }
  try {
    connect(ends);
  } catch (...) {
    PQfinish(handle_);
    throw;
  }
}

PgConnection::~PgConnection() {
  if (fork_guard_.is_child()) {
    ::close(PQsocket(handle_));  // PQfinish would tell the server that the parent has gone
  } else {
    PQfinish(handle_);
  }
}

void PgConnection::connect(Time ends) {
  if (PQstatus(handle_) == CONNECTION_BAD) {
    throw no_connection(handle_);
  }
  // libpq would print them, whatever a server says. One that ends the session unasked comes this
  // way.
  PQsetNoticeReceiver(
      handle_,
      [](void* self, const PGresult* notice) {
        const char* const severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
        if (severity != nullptr && std::string_view(severity) == "FATAL") {
          static_cast<PgConnection*>(self)->usable_ = false;
        }
      },
      this);
  PQsetErrorVerbosity(handle_, PQERRORS_VERBOSE);
  for (PostgresPollingStatusType next = PGRES_POLLING_WRITING; next != PGRES_POLLING_OK;
       next = PQconnectPoll(handle_)) {
    if (next == PGRES_POLLING_FAILED) {
      throw no_connection(handle_);
    }
    try {
      wait_for(next == PGRES_POLLING_READING ? POLLIN : POLLOUT, ends);
    } catch (const Failure&) {
      throw Failure(Failure::Cause::connecting, "the server gave no answer in time");
    }
  }
  PQsetErrorVerbosity(handle_, PQERRORS_DEFAULT);
  PQsetnonblocking(handle_, 1);
}

bool PgConnection::is_closed() {
  pollfd socket{PQsocket(handle_), POLLIN, 0};
  while (usable_ && ::poll(&socket, 1, 0) > 0) {
    usable_ = PQconsumeInput(handle_) != 0 && usable_;
    PQisBusy(handle_);  // has what came looked at
  }
  return !usable_;
}

Result PgConnection::query(const std::string& sql, Time ends) {
  if (PQsendQuery(handle_, sql.c_str()) == 0) {
    lose();
  }
  return answer(ends);
}

void PgConnection::prepare(const std::string& name, const std::string& sql, Time ends) {
  if (PQsendPrepare(handle_, name.c_str(), sql.c_str(), 0, nullptr) == 0) {
    lose();
  }
  answer(ends);
}

Result PgConnection::run(const std::string& name, const BoundValues& values, Time ends) {
  if (PQsendQueryPrepared(handle_, name.c_str(), values.size(), values.texts(), values.lengths(),
                          values.formats(), 0) == 0) {
    lose();
  }
  return answer(ends);
}

Result PgConnection::run_text(const std::string& sql, const BoundValues& values, Time ends) {
  if (PQsendQueryParams(handle_, sql.c_str(), values.size(), nullptr, values.texts(),
                        values.lengths(), values.formats(), 0) == 0) {
    lose();
  }
  return answer(ends);
}

void PgConnection::post(const std::string& sql, Time ends) {
  if (PQsendQuery(handle_, sql.c_str()) == 0) {
    lose();
  }
  posted_ = true;
  flush(ends);
}

bool PgConnection::finish_async(Time ends) {
  bool good = true;
  while (posted_) {
    const Result result = next_result(ends);
    posted_ = !result.is_nothing();
    good = good && (!posted_ || !result.is_error());
    if (PQstatus(handle_) != CONNECTION_OK) {
      lose();
    }
  }
  return good;
}

Result PgConnection::next_result(Time ends) {
  while (PQisBusy(handle_) != 0) {
    wait_for(POLLIN, ends);
    if (PQconsumeInput(handle_) == 0) {
      lose();
    }
  }
  return Result(PQgetResult(handle_));
}

// Of several statements the first that fails ends them all; what follows is taken in, however much
// that is, so that the link is ready for the next.
Result PgConnection::answer(Time ends) {
  flush(ends);
  Result last(nullptr);
  std::optional<Failure> failure;
  for (;;) {
    Result result = next_result(ends);
    if (result.is_nothing()) {
      break;
    }
    if (result.is_error()) {
      const std::string code = result.error(PG_DIAG_SQLSTATE);
      if (code.empty() || PQstatus(handle_) != CONNECTION_OK) {
        lose();
      }
      if (!failure) {
        failure.emplace(Failure::Cause::server,
                        with_single_spaces(result.error(PG_DIAG_MESSAGE_PRIMARY)), code);
      }
    }
    last = std::move(result);
  }
  if (failure) {
    // The server ends such a session by itself.
    usable_ = usable_ && !failure->code.starts_with("57P") && failure->code != kIdleInTransaction;
    throw Failure(*failure);
  }
  return last;
}

void PgConnection::flush(Time ends) {
  for (int left = 0; (left = PQflush(handle_)) != 0;) {
    if (left < 0 ||
        ((wait_for(POLLIN | POLLOUT, ends) & POLLIN) != 0 && PQconsumeInput(handle_) == 0)) {
      lose();
    }
  }
}

short PgConnection::wait_for(short events, Time ends) {
  for (;;) {
    pollfd socket{PQsocket(handle_), events, 0};
    const int ready = ::poll(&socket, 1, milliseconds_until(ends));
    const Time now = Time::clock::now();
    if (ready > 0 && now < ends + kOverrun) {
      return socket.revents;
    }
    if (ready < 0 && errno != EINTR) {
      lose();
    }
    if (ready >= 0 && now >= ends) {
      usable_ = false;
      throw Failure(Failure::Cause::late, "the server gave no answer");
    }
  }
}

void PgConnection::lose() {
  usable_ = false;
  // The first line says what it was, and the rest what that may mean.
  const std::string message = PQerrorMessage(handle_);
  throw Failure(Failure::Cause::lost, with_single_spaces(message.substr(0, message.find('\n'))));
}

}  // namespace crier::postgres
