// SPDX-License-Identifier: MIT
#include "cache/redis/redis_connection.hpp"

#include <crier/error.hpp>

#include "base/deadline.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>

// hiredis makes the connection, and writes and reads the protocol. What is sent and received goes
// through here: its own calls are bounded one by one, not as a whole, and a server that has hung up
// would end the program by SIGPIPE.
namespace crier::redis {
namespace {

std::string explanation(int error) { return std::generic_category().message(error); }

// Of an answer that is an error: without what it repeats of the command, which may hold a secret,
// and without where in a script it was ("… script: <hash>, on @user_script:2." since Redis 7,
// before "ERR Error running script (call to f_<hash>): @user_script:2: …").
std::string reason_of(std::string_view text) {
  constexpr std::string_view kScript = "@user_script:";
  text = text.substr(0, text.find(" script: "));
  if (const std::size_t at = text.rfind(kScript); at != std::string_view::npos) {
    text.remove_prefix(at + kScript.size());
    text.remove_prefix(std::min(text.find_first_not_of("0123456789: "), text.size()));
  }
  return std::string(text.substr(0, text.find(", with args")));
}

bool begins_with_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return text.starts_with(word); });
}

}  // namespace

void Free::operator()(redisContext* context) const { redisFree(context); }
void Free::operator()(redisReply* reply) const { freeReplyObject(reply); }

Connection::Connection(const Url& url) : url_(url), ends_(deadline_after(url.deadline)) {
  constexpr long kThousand = 1000;
  const timeval timeout{url.deadline.count() / kThousand,
                        url.deadline.count() % kThousand * kThousand};
  context_.reset(url.socket.empty() ? redisConnectWithTimeout(url.host.c_str(), url.port, timeout)
                                    : redisConnectUnixWithTimeout(url.socket.c_str(), timeout));
  if (context_ == nullptr) {
    throw std::bad_alloc();
  }
  if (context_->err != 0) {
    fail("open", std::string("can't be reached: ") + context_->errstr, true);
  }
  fcntl(context_->fd, F_SETFD, FD_CLOEXEC);
  introduce();
}

void Connection::introduce() {
  if (!url_.password.empty()) {
    std::vector<std::string_view> words{"AUTH", url_.password};
    if (!url_.user.empty()) {
      words.insert(words.begin() + 1, url_.user);
    }
    try {
      run("open", words);
    } catch (const Error& error) {
      if (!good_) {
        throw;
      }
      fail("open", "does not take the user or the password of the URL", false);
    }
  }
  if (url_.database != 0) {
    const std::string database = std::to_string(url_.database);
    run("open", {"SELECT", database});
  }
}

Reply Connection::run(const char* operation, const std::vector<std::string_view>& words) {
  ends_ = deadline_after(url_.deadline);
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (const std::string_view word : words) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
  }
  char* command = nullptr;
  const int size =
      redisFormatCommandArgv(&command, static_cast<int>(words.size()), texts.data(), sizes.data());
  if (size < 0) {
    throw std::bad_alloc();
  }
  const std::unique_ptr<char, void (*)(char*)> owner(command, redisFreeCommand);
  good_ = false;  // until the answer is here
  send(operation, {command, static_cast<std::size_t>(size)});
  Reply reply = receive(operation);
  good_ = true;
  if (reply->type == REDIS_REPLY_ERROR) {
    const std::string_view text(reply->str, static_cast<std::size_t>(reply->len));
    fail(operation, "answers: " + reason_of(text),
         begins_with_any(text, {"LOADING", "BUSY", "TRYAGAIN", "MASTERDOWN", "CLUSTERDOWN"}));
  }
  return reply;
}

bool Connection::is_open() const {
  char byte = 0;
  const ssize_t size = ::recv(context_->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void Connection::send(const char* operation, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size =
        ::send(context_->fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (size >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(size));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      wait_for(operation, POLLOUT);
    } else if (errno != EINTR) {
      fail(operation, "has closed the connection: " + explanation(errno), true);
    }
  }
}

Reply Connection::receive(const char* operation) {
  std::array<char, 16 * 1024> buffer;  // NOLINT(*-member-init): filled before it is read
  for (;;) {
    void* reply = nullptr;
    if (redisReaderGetReply(context_->reader, &reply) != REDIS_OK) {
      fail(operation, std::string("does not speak Redis' protocol: ") + context_->reader->errstr,
           false);
    }
    if (reply != nullptr) {
      return Reply(static_cast<redisReply*>(reply));
    }
    const ssize_t size = ::recv(context_->fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size > 0) {
      if (redisReaderFeed(context_->reader, buffer.data(), static_cast<std::size_t>(size)) !=
          REDIS_OK) {
        throw std::bad_alloc();
      }
    } else if (size == 0) {
      fail(operation, "has closed the connection", true);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      wait_for(operation, POLLIN);
    } else if (errno != EINTR) {
      fail(operation, "has closed the connection: " + explanation(errno), true);
    }
  }
}

void Connection::wait_for(const char* operation, short event) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(ends_ - Clock::now());
  pollfd waited{context_->fd, event, 0};
  if (left.count() <= 0 || ::poll(&waited, 1, static_cast<int>(left.count())) == 0) {
    fail(operation,
         "did not answer within " + std::to_string(url_.deadline.count()) +
             " ms; try again, or give it a longer deadline",
         true);
  }
}

void Connection::fail(const char* operation, const std::string& what, bool retryable) {
  throw Error(operation, "the Redis server " + url_.name + " " + what,
              retryable ? Error::Kind::retryable : Error::Kind::failed);
}

}  // namespace crier::redis
