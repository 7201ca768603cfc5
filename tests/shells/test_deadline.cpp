// SPDX-License-Identifier: MIT
#include "shells/run_program.hpp"

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace crier::test {
namespace {

#ifdef CRIER_HAS_POSTGRES

// A server that takes connections, and never says a word.
class MuteServer {
 public:
  MuteServer() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    REQUIRE(bind(socket_, any, size) == 0);
    REQUIRE(listen(socket_, 8) == 0);
    REQUIRE(getsockname(socket_, any, &size) == 0);
    port_ = ntohs(address.sin_port);
  }
  ~MuteServer() { close(socket_); }
  MuteServer(const MuteServer&) = delete;
  MuteServer& operator=(const MuteServer&) = delete;

  [[nodiscard]] std::string url() const {
    return "postgresql://crier@127.0.0.1:" + std::to_string(port_) + "/shop?deadline=1h";
  }

 private:
  int socket_;
  int port_ = 0;
};

TEST_CASE("who asks for names does not wait for a server that does not answer") {
  const MuteServer server;
  const TempDir folder;
  // Else it would be killed by the test, which is a failure.
  const Ran ran = run_program(folder, {"crier", "known-names", "nodes"}, server.url());
  CHECK(ran.code == 4);
  CHECK(ran.out.empty());
  CHECK(ran.err.empty());
}

#endif

}  // namespace
}  // namespace crier::test
