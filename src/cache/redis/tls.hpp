// SPDX-License-Identifier: MIT
#pragma once

#include "cache/redis/redis_url.hpp"
#include "cache/redis/stream.hpp"

#include <memory>
#include <string>

struct ssl_ctx_st;

namespace crier::redis {

// What the connections of one cache know of TLS: whom to trust, and who we are. Thread-safe.
class TlsContext {
 public:
  // Reads the files. Throws an invalid_argument Error if one can't be used, or this crier was built
  // without TLS.
  explicit TlsContext(const TlsSettings& settings);

  // Shakes hands, by `ends`; the certificate must be one of `host`, a name or an address. Throws
  // Lost.
  [[nodiscard]] std::unique_ptr<Stream> wrap(Socket socket, const std::string& host,
                                             Time ends) const;

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };

  TlsSettings::Verify verify_;
  std::unique_ptr<ssl_ctx_st, Free> context_;
};

}  // namespace crier::redis
