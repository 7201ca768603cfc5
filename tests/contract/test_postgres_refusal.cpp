// SPDX-License-Identifier: MIT
// A server that answers whatever it likes: something on a socket that speaks so much of the
// protocol.
#include <crier/admin/store.hpp>

#include "support/errors.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <poll.h>
#include <pthread.h>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace crier::test {
namespace {

// Sends to each that connects one answer after the other, each when it has said something, and
// hangs up.
class Impostor {
 public:
  explicit Impostor(std::vector<std::string> answers)
      : listener_(listen()),
        thread_([this, answers = std::move(answers)](const std::stop_token& stop) {
          while (!stop.stop_requested()) {
            pollfd waited{listener_, POLLIN, 0};
            if (::poll(&waited, 1, 5) <= 0) {
              continue;
            }
            const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            std::array<char, 4096> said{};
            for (const std::string& answer : answers) {
              static_cast<void>(::recv(client, said.data(), said.size(), 0));
              static_cast<void>(::send(client, answer.data(), answer.size(), MSG_NOSIGNAL));
            }
            ::close(client);
          }
        }) {}
  ~Impostor() {
    thread_.request_stop();
    thread_.join();
    ::close(listener_);
  }
  Impostor(const Impostor&) = delete;
  Impostor& operator=(const Impostor&) = delete;

  [[nodiscard]] std::string url() const {  // a sanitizer takes long for a large answer
    return "postgresql://u@/shop?deadline=120s&host=" + dir_.path().string();
  }

 private:
  [[nodiscard]] int listen() const {
    std::filesystem::permissions(dir_.path(), std::filesystem::perms(0700));
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = dir_ / ".s.PGSQL.5432";
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(fd, 5) == 0);
    return fd;
  }

  const TempDir dir_;
  const int listener_;
  std::jthread thread_;
};

// An ErrorResponse.
std::string error_response(const std::string& code, const std::string& message) {
  const std::string fields = std::string("SFATAL") + '\0' + "VFATAL" + '\0' + "C" + code + '\0' +
                             "M" + message + '\0' + "Fx.c" + '\0' + "L1" + '\0' + "Rx" + '\0' +
                             '\0';
  std::string answer = "E";
  const auto size = static_cast<std::uint32_t>(fields.size() + 4);
  for (const int shift : {24, 16, 8, 0}) {
    answer += static_cast<char>(size >> shift);
  }
  return answer + fields;
}

// Runs `body` on a thread whose stack is as small as some servers make them.
void on_a_small_stack(std::function<void()> body) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 512 * 1024);
  pthread_t thread{};
  REQUIRE(pthread_create(
              &thread, &attributes,
              [](void* run) -> void* {
                (*static_cast<std::function<void()>*>(run))();
                return nullptr;
              },
              &body) == 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

TEST_CASE(
    "postgres: a refusal of any size is told by its beginning, and means what its code says") {
  // libpq takes no larger one.
  for (const std::string& text :
       {std::string(29'000, 'x'), std::string(29'000, ' '), std::string(29'000, ':'),
        "28P01: " + std::string(28'000, '\n'), std::string(29'000, '\xc3')}) {
    CAPTURE(text.substr(0, 8));
    for (const auto& [code, passes] : {std::pair{"57P03", true}, std::pair{"28000", false}}) {
      const Impostor server({error_response(code, text)});
      Error error("", "");
      on_a_small_stack([&] {
        error = error_of(
            [&] { static_cast<void>(open_store(server.url())->connect(Access::read_only)); });
      });
      CHECK(std::string(error.what()).size() < 3000);
      CHECK(std::string(error.what()).starts_with("can't connect to the database 'postgresql://"));
      CHECK(error.retryable() == passes);
    }
  }
}

TEST_CASE("postgres: however many errors answer one statement, the first is told") {
  // Logged in, and ready.
  const std::string welcome("R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I", 15);
  std::string answer = error_response("42601", "the first");
  for (int i = 0; i < 100'000; ++i) {
    answer += error_response("42601", "another");
  }
  answer += welcome.substr(9);
  const Impostor server({welcome, answer});
  std::string message;
  on_a_small_stack([&] {
    message = message_of(
        [&] { static_cast<void>(open_store(server.url())->connect(Access::read_only)); });
  });
  CHECK_MESSAGE(message.find("the first") != std::string::npos, message);
}

}  // namespace
}  // namespace crier::test
