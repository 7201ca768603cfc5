// SPDX-License-Identifier: MIT
#include <crier/error.hpp>

#include "cache/redis/tls.hpp"

namespace crier::redis {

TlsContext::TlsContext(const TlsSettings& settings) : verify_(settings.verify) {
  throw Error("open",
              "this crier was built without TLS for Redis: build it with OpenSSL (Debian: "
              "libssl-dev) and CRIER_REDIS_TLS=ON",
              Error::Kind::invalid_argument);
}

std::unique_ptr<Stream> TlsContext::wrap(Socket /*socket*/, const std::string& /*host*/,
                                         Time /*ends*/) const {
  return nullptr;  // never reached: there is no TlsContext
}

void TlsContext::Free::operator()(ssl_ctx_st* /*context*/) const {}

}  // namespace crier::redis
