// SPDX-License-Identifier: MIT
#include "cache/redis/redis_connection.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <hiredis/hiredis.h>
#include <utility>

// hiredis reads the protocol. The rest is ours: hiredis bounds the time of each of its calls, not
// of all together, has no TLS in the release of Debian 12, and copies what it writes three times.
namespace crier::redis {
namespace {

std::unique_ptr<Stream> open_stream(const Address& address, const TlsContext* tls, Time ends) {
  Socket socket(address, ends);
  return tls == nullptr ? make_stream(std::move(socket))
                        : tls->wrap(std::move(socket), address.host, ends);
}

void append_count(std::string& bytes, char kind, std::size_t count) {
  std::array<char, 24> digits;  // NOLINT(*-member-init): filled before it is read
  const auto end = std::to_chars(digits.begin(), digits.end(), count).ptr;
  bytes.append(1, kind).append(digits.begin(), end).append("\r\n");
}

void append(std::string& bytes, const Command& words) {
  append_count(bytes, '*', words.size());
  for (const std::string_view word : words) {
    append_count(bytes, '$', word.size());
    bytes.append(word).append("\r\n");
  }
}

}  // namespace

Connection::Connection(const Address& address, const TlsContext* tls, Time ends)
    : address_(address), stream_(open_stream(address, tls, ends)) {}

std::vector<Reply> Connection::exchange(const Commands& commands, Time ends) {
  std::string bytes;
  for (const Command& command : commands) {
    append(bytes, command);
  }
  send(bytes, ends);
  std::vector<Reply> replies;
  replies.reserve(commands.size());
  while (replies.size() < commands.size()) {
    replies.push_back(receive(ends));
  }
  return replies;
}

bool Connection::is_open() {
  try {
    char byte = 0;
    return stream_->read(&byte, 1) == 0;
  } catch (const Lost&) {
    return false;
  }
}

void Connection::send(std::string_view bytes, Time ends) {
  while (!bytes.empty()) {
    const std::size_t size = stream_->write(bytes);
    bytes.remove_prefix(size);
    if (size == 0) {
      stream_->wait(ends);
    }
  }
}

// The first look is left out: the answer is never there yet.
Reply Connection::receive(Time ends) {
  std::array<char, 16 * 1024> buffer;  // NOLINT(*-member-init): filled before it is read
  for (bool there_is_more = false;;) {
    if (Reply reply = reader_.next()) {
      return reply;
    }
    if (!there_is_more) {
      stream_->wait_for_bytes(ends);
    }
    const std::size_t size = stream_->read(buffer.data(), buffer.size());
    there_is_more = size == buffer.size();
    reader_.feed({buffer.data(), size});
    if (size == 0) {
      stream_->wait(ends);
    }
  }
}

std::string_view text_of(const redisReply& reply) {
  return {reply.str, static_cast<std::size_t>(reply.len)};
}

// "… script: <hash>, on @user_script:2." since Redis 7; before that "ERR Error running script (call
// to f_<hash>): @user_script:2: …", and a hyphen if Redis itself says it.
std::string error_in(const redisReply& reply) {
  if (reply.type != REDIS_REPLY_ERROR) {
    return {};
  }
  constexpr std::string_view kScript = "@user_script:";
  std::string_view text = text_of(reply);
  text = text.substr(0, text.find(" script: "));
  if (const std::size_t at = text.rfind(kScript); at != std::string_view::npos) {
    text.remove_prefix(at + kScript.size());
    text.remove_prefix(std::min(text.find_first_not_of("0123456789: -"), text.size()));
  }
  constexpr std::size_t kMost = 500;  // bytes
  std::string said = cut_utf8(std::string(text.substr(0, text.find(", with args"))), kMost);
  return said.empty() ? "an error without words" : said;
}

}  // namespace crier::redis
