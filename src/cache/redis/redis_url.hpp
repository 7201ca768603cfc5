// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace crier::redis {

// Where a server, or a Sentinel, listens.
struct Address {
  std::string host;  // empty: a socket of this machine
  int port = 6379;
  std::string socket = {};  // its path

  // "cache:6379", "[::1]:6379", "/run/redis.sock"; on one line.
  [[nodiscard]] std::string text() const;
};

// What TLS needs besides the system's own certificates.
struct TlsSettings {
  enum class Verify : std::uint8_t { full, ca, none };
  Verify verify = Verify::full;  // ca: the certificate, whatever host it is of
  std::string ca;                // file of certificates to trust instead of the system's
  std::string cert;              // file with a certificate of our own, and those it rests on
  std::string key;               // file with its key
};

struct Credentials {
  std::string user;      // empty: Redis' default one
  std::string password;  // empty: none is asked for
};

// A URL of Redis, taken apart: see open_shared_cache() for what it may look like.
struct Url {
  enum class Kind : std::uint8_t { server, sentinel, cluster };
  Kind kind = Kind::server;
  // The server; or the Sentinels; or some nodes of the Cluster.
  std::vector<Address> addresses;
  bool tls = false;
  TlsSettings tls_settings;
  std::string master;       // the name by which Sentinels know it
  Credentials sentinel;     // for the Sentinels
  Credentials credentials;  // for the servers
  int database = 0;
  std::string prefix;  // of every key
  std::chrono::milliseconds deadline = std::chrono::seconds(5);
  std::string name;  // the same without users and passwords
};

// Looks at nothing but the text. Throws an invalid_argument Error if it is malformed; the message
// never repeats what may hold a password.
[[nodiscard]] Url parse_url(std::string_view text);

}  // namespace crier::redis
