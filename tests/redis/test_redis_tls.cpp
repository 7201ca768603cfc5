// SPDX-License-Identifier: MIT
// TLS, with certificates that the openssl tool makes for the test.
#include <crier/error.hpp>

#include "redis/impostor.hpp"
#include "redis/server.hpp"
#include "support/child.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"

#include <chrono>
#include <csignal>
#include <fstream>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

// An authority, and what it has signed: a server by the names localhost and 127.0.0.1, one by
// another name, and a client.
class Certificates {
 public:
  Certificates() {
    made_ = run({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                 "-keyout", path("ca.key"), "-out", path("ca.pem"), "-days", "2", "-subj",
                 "/CN=test authority"}) &&
            sign("server", "DNS:localhost,IP:127.0.0.1") && sign("other", "DNS:elsewhere.test") &&
            sign("client", "DNS:client");
  }
  [[nodiscard]] bool made() const { return made_; }
  [[nodiscard]] std::string path(const std::string& file) const { return (dir_ / file).string(); }

 private:
  bool run(std::vector<std::string> words) const {
    words.insert(words.begin(), {"/usr/bin/env", "openssl"});
    return Child(dir_.path(), "openssl", words).wait() == 0;
  }
  bool sign(const std::string& name, const std::string& names) const {
    std::ofstream(path(name + ".ext")) << "subjectAltName=" << names << "\n";
    return run({"req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                path(name + ".key"), "-out", path(name + ".csr"), "-subj", "/CN=" + name}) &&
           run({"x509", "-req", "-in", path(name + ".csr"), "-CA", path("ca.pem"), "-CAkey",
                path("ca.key"), "-CAcreateserial", "-out", path(name + ".pem"), "-days", "2",
                "-extfile", path(name + ".ext")});
  }

  const TempDir dir_;
  bool made_ = false;
};

// The server, and the port at which it speaks TLS.
using Test = std::function<void(RedisServer&, int port, const Certificates&)>;
void with_tls(const Test& test, const std::string& name = "server",
              const std::string& clients = "no") {
  const Certificates certificates;
  if (!certificates.made()) {
    MESSAGE("SKIPPED: there is no openssl to make certificates (Debian: openssl)");
    return;
  }
  const int port = RedisServer::free_port();
  with_server(
      [&](RedisServer& server) {
        bool has_tls = false;
        try {
          static_cast<void>(
              open_shared_cache("rediss://127.0.0.1:" + std::to_string(port) + "?verify=none")
                  ->get("a"));
          has_tls = true;
        } catch (const Error& error) {
          const std::string message = error.what();
          has_tls = message.find("can't be reached") == std::string::npos;
          REQUIRE_FALSE(holds(message, "built without TLS"));
        }
        REQUIRE(has_tls);
        test(server, port, certificates);
      },
      {"--tls-port", std::to_string(port), "--tls-cert-file", certificates.path(name + ".pem"),
       "--tls-key-file", certificates.path(name + ".key"), "--tls-ca-cert-file",
       certificates.path("ca.pem"), "--tls-auth-clients", clients});
}

std::string url_of(const std::string& host, int port, const std::string& query = "") {
  return "rediss://" + host + ":" + std::to_string(port) + query;
}

TEST_CASE("redis: TLS carries values of any size, for a server that the authority vouches for") {
  with_tls([](RedisServer&, int port, const Certificates& certificates) {
    const std::string query = "?ca=" + certificates.path("ca.pem");
    for (const char* host : {"127.0.0.1", "localhost"}) {
      const auto cache = open_shared_cache(url_of(host, port, query));
      const std::string large(1024 * 1024, 'x');
      cache->set("large", large);
      CHECK(cache->get("large") == large);
      cache->set("a", "1");
      for (int i = 0; i < 50; ++i) {
        CHECK(cache->get("a") == "1");
        CHECK_NOTHROW(cache->set("a", "1"));  // looks whether the connection stands
      }
      CHECK(cache->name() == url_of(host, port));
    }
  });
}

TEST_CASE("redis: a server that nobody vouches for, or for another name, is refused") {
  const auto error = [](const std::string& url) {
    return error_of([&] { static_cast<void>(open_shared_cache(url)->get("a")); });
  };
  with_tls([&](RedisServer&, int port, const Certificates&) {
    const Error untrusted = error(url_of("127.0.0.1", port));
    CHECK_FALSE(untrusted.retryable());
    CHECK(holds(untrusted.what(), "has a certificate that is not trusted: "));
    CHECK_NOTHROW(
        static_cast<void>(open_shared_cache(url_of("127.0.0.1", port, "?verify=none"))->get("a")));
  });
  with_tls(
      [&](RedisServer&, int port, const Certificates& certificates) {
        const std::string ca = "?ca=" + certificates.path("ca.pem");
        for (const char* host : {"127.0.0.1", "localhost"}) {
          CAPTURE(host);
          const Error wrong = error(url_of(host, port, ca));
          CHECK_FALSE(wrong.retryable());
          CHECK(holds(wrong.what(), "mismatch"));
          CHECK_NOTHROW(static_cast<void>(
              open_shared_cache(url_of(host, port, ca + "&verify=ca"))->get("a")));
        }
      },
      "other");
}

TEST_CASE("redis: a server that asks for a certificate gets ours") {
  with_tls(
      [](RedisServer&, int port, const Certificates& certificates) {
        const std::string ca = "?ca=" + certificates.path("ca.pem");
        const std::string ours =
            "&cert=" + certificates.path("client.pem") + "&key=" + certificates.path("client.key");
        const auto cache = open_shared_cache(url_of("127.0.0.1", port, ca + ours));
        cache->set("a", "1");
        CHECK(cache->get("a") == "1");
        CHECK_THROWS_AS(open_shared_cache(url_of("127.0.0.1", port, ca))->set("a", "2"), Error);
        CHECK(cache->get("a") == "1");
      },
      "server", "yes");
}

TEST_CASE("redis: what does not speak TLS, or nothing at all, ends by the deadline") {
  with_server([](RedisServer& server) {
    const Error error = error_of([&] {
      static_cast<void>(open_shared_cache(url_of("127.0.0.1", server.port()))->get("a"));
    });
    CHECK(holds(error.what(), "the Redis server rediss://127.0.0.1:"));
  });
  with_tls([](RedisServer& server, int port, const Certificates&) {
    server.signal(SIGSTOP);
    const auto cache = open_shared_cache(url_of("127.0.0.1", port, "?verify=none&deadline=100ms"));
    const auto begin = std::chrono::steady_clock::now();
    const Error error = error_of([&] { static_cast<void>(cache->get("a")); });
    CHECK(error.retryable());
    CHECK(holds(error.what(), "did not answer within 100ms"));
    CHECK(std::chrono::steady_clock::now() - begin < 10s);
    server.signal(SIGCONT);
  });
}

TEST_CASE("redis: a server with TLS that was restarted costs no call") {
  with_tls([](RedisServer& server, int port, const Certificates&) {
    const auto cache = open_shared_cache(url_of("127.0.0.1", port, "?verify=none"));
    cache->set("a", "1");
    REQUIRE(server.restart());
    CHECK_NOTHROW(cache->set("a", "2"));
    CHECK(cache->get("a") == "2");
  });
}

TEST_CASE("a file of certificates that can't be used is told when the cache is opened") {
  const TempDir dir;
  std::ofstream(dir / "empty.pem") << "nothing\n";
  const std::string file = (dir / "empty.pem").string();
  for (const std::string& query :
       {"?ca=" + file, "?ca=" + file + ".none", "?cert=" + file + "&key=" + file}) {
    CAPTURE(query);
    const Error error =
        error_of([&] { static_cast<void>(open_shared_cache("rediss://cache" + query)); });
    CHECK(error.invalid_argument());
    CHECK(holds(error.what(), "the Redis URL's "));
  }
}

}  // namespace
}  // namespace crier::test
