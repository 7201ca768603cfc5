// SPDX-License-Identifier: MIT
#pragma once

#include "cache/redis/redis_url.hpp"
#include "cache/redis/reply_reader.hpp"
#include "cache/redis/stream.hpp"
#include "cache/redis/tls.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace crier::redis {

// A command, word by word; and some that are sent together, and run one after the other.
using Command = std::vector<std::string_view>;
using Commands = std::vector<Command>;

// One connection to a server, used by one thread at a time. When a call has thrown Lost, it is of
// no use any more.
class Connection {
 public:
  // `tls` is null for a plain connection. Throws Lost.
  Connection(const Address& address, const TlsContext* tls, Time ends);

  // Sends them, and waits for the answer to each, which may be an error. Throws Lost.
  [[nodiscard]] std::vector<Reply> exchange(const Commands& commands, Time ends);
  // Whether the server has neither hung up nor said anything while nobody listened.
  [[nodiscard]] bool is_open();
  [[nodiscard]] const Address& address() const { return address_; }

 private:
  void send(std::string_view bytes, Time ends);
  [[nodiscard]] Reply receive(Time ends);

  const Address address_;
  const std::unique_ptr<Stream> stream_;
  ReplyReader reader_;
};

// The text of an answer that is an error, for messages: without what it repeats of the command,
// which may hold a secret, and without where in a script it was. Empty if it is none.
[[nodiscard]] std::string error_in(const redisReply& reply);
[[nodiscard]] std::string_view text_of(const redisReply& reply);

}  // namespace crier::redis
